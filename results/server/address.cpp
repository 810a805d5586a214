// The part of limits.h that reads addresses.
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include "results/server/limits.h"

namespace eb::board {
namespace {

namespace ip = boost::asio::ip;

constexpr std::size_t kLongestAddress = 64;

std::optional<ip::address> read(std::string_view text) {
  if (text.empty() || text.size() > kLongestAddress) return std::nullopt;
  boost::system::error_code error;
  const ip::address address = ip::make_address(std::string(text), error);
  if (error) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool contains(const std::vector<std::string>& list, std::string_view text) {
  for (const std::string& item : list)
    if (item == text) return true;
  return false;
}

}  // namespace

std::optional<std::string> parse_address(std::string_view text) {
  const auto address = read(text);
  if (!address) return std::nullopt;
  return address->to_string();
}

std::string client_address(std::string_view peer, const std::vector<std::string_view>& forwarded_for,
                           const std::vector<std::string>& proxies) {
  std::string client = parse_address(peer).value_or(std::string(peer));
  for (std::size_t i = forwarded_for.size(); i-- > 0;) {
    std::string_view list = forwarded_for[i];
    while (!list.empty()) {
      if (!contains(proxies, client)) return client;
      const std::size_t comma = list.rfind(',');
      const std::size_t start = comma == std::string_view::npos ? 0 : comma + 1;
      const auto entry = parse_address(trimmed(list.substr(start)));
      if (!entry) return client;
      client = *entry;
      list = list.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
  }
  return client;
}

std::string address_key(std::string_view text) {
  const auto address = read(text);
  if (!address) return std::string(text);
  if (address->is_v4()) return address->to_string();
  return ip::network_v6(address->to_v6(), 64).canonical().to_string();
}

}  // namespace eb::board
