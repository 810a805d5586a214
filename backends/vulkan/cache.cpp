#include "backends/vulkan/cache.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "harness/base/files.h"

namespace eb::vulkan {
namespace {

constexpr std::string_view kMagic = "eb-vulkan-cache-1\n";
constexpr std::uint64_t kMaxFileBytes = std::uint64_t{512} << 20;
constexpr std::size_t kHeaderBytes = 32;  // of VkPipelineCacheHeaderVersionOne, as it is on disk

std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

template <class T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <class T>
std::optional<T> take(std::string_view& bytes) {
  if (bytes.size() < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

// Drivers should look at this header themselves; not all do.
bool suits(std::string_view blob, const PhysicalDevice& device) {
  std::string_view rest = blob;
  const auto header_bytes = take<std::uint32_t>(rest), version = take<std::uint32_t>(rest);
  const auto vendor = take<std::uint32_t>(rest), id = take<std::uint32_t>(rest);
  return header_bytes && *header_bytes >= kHeaderBytes && version == VK_PIPELINE_CACHE_HEADER_VERSION_ONE &&
         vendor == device.info.vendor_id && id == device.info.device_id && rest.size() >= VK_UUID_SIZE &&
         std::memcmp(rest.data(), device.cache_uuid.data(), VK_UUID_SIZE) == 0;
}

Result<Handle<VkPipelineCache>> make_cache(const Context& context, std::string_view blob) {
  VkPipelineCacheCreateInfo info{};
  info.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO;
  info.initialDataSize = blob.size();
  info.pInitialData = blob.data();
  EB_VK_MAKE(context.vk(), context.device(), PipelineCache, cache, &info);
  return cache;
}

Result<std::string> data_of(const Context& context, VkPipelineCache cache) {
  std::size_t bytes = 0;
  EB_VK(context.vk(), GetPipelineCacheData, context.device(), cache, &bytes, nullptr);
  std::string blob(bytes, '\0');
  EB_VK(context.vk(), GetPipelineCacheData, context.device(), cache, &bytes, blob.data());
  blob.resize(bytes);
  return blob;
}

CacheContent read_content(const std::filesystem::path& file, const PhysicalDevice& device) {
  if (file.empty()) return {};
  const auto bytes = read_file(file, kMaxFileBytes);
  return bytes ? parse(*bytes, device) : CacheContent{};
}

}  // namespace

std::string serialize(const CacheContent& content) {
  std::string body;
  put(body, static_cast<std::uint64_t>(content.keys.size()));
  for (const std::uint64_t key : content.keys) put(body, key);
  body += content.blob;
  std::string file(kMagic);
  put(file, fnv1a(body));
  return file + body;
}

CacheContent parse(std::string_view file, const PhysicalDevice& device) {
  if (!file.starts_with(kMagic)) return {};
  file.remove_prefix(kMagic.size());
  const auto hash = take<std::uint64_t>(file);
  if (!hash || *hash != fnv1a(file)) return {};
  const auto count = take<std::uint64_t>(file);
  if (!count || *count > file.size() / sizeof(std::uint64_t)) return {};
  CacheContent content;
  for (std::uint64_t i = 0; i < *count; ++i) content.keys.insert(take<std::uint64_t>(file).value_or(0));
  if (suits(file, device)) content.blob = file;
  return content;
}

Result<PipelineCache> PipelineCache::open(const Context& context, const std::filesystem::path& folder) {
  PipelineCache cache;
  if (!folder.empty()) cache.file_ = folder / (context.physical().info.fingerprint + ".cache");
  cache.loaded_ = read_content(cache.file_, context.physical());
  auto made = make_cache(context, cache.loaded_.blob);
  if (!made && !cache.loaded_.blob.empty()) {  // a driver may still refuse what it wrote itself
    cache.loaded_ = {};
    made = make_cache(context, {});
  }
  if (!made) return made.error();
  cache.cache_ = *std::move(made);
  return cache;
}

void PipelineCache::count(std::uint64_t key, Feedback feedback) {
  // A driver that stores nothing here cannot find anything here: what we know of earlier runs is the better
  // word.
  const bool driver_stores = loaded_.blob.size() > kHeaderBytes;
  const bool is_known = loaded_.keys.contains(key) || built_.contains(key);
  const bool is_hit = feedback == Feedback::none || !driver_stores ? is_known : feedback == Feedback::hit;
  ++(is_hit ? use_.hits : use_.misses);
  built_.insert(key);
}

Status PipelineCache::save(const Context& context) {
  const bool has_news = std::any_of(built_.begin(), built_.end(),
                                    [&](std::uint64_t key) { return !loaded_.keys.contains(key); });
  if (file_.empty() || (!has_news && use_.misses == 0)) return Done{};
  // Another process may have written since.
  CacheContent content = read_content(file_, context.physical());
  if (!content.blob.empty())
    if (const auto theirs = make_cache(context, content.blob)) {
      VkPipelineCache source = theirs->get();
      EB_VK(context.vk(), MergePipelineCaches, context.device(), cache_.get(), 1, &source);
    }
  EB_GET(content.blob, data_of(context, cache_.get()));
  content.keys.merge(std::set<std::uint64_t>(loaded_.keys));
  content.keys.insert(built_.begin(), built_.end());
  EB_OK(make_writable_folder(file_.parent_path()));
  return write_file_atomic(file_, serialize(content));
}

}  // namespace eb::vulkan
