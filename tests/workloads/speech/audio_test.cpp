#include "workloads/speech/audio.h"

#include <gtest/gtest.h>

#include "tests/workloads/speech/wav.h"

namespace eb {
namespace {

using testing::make_wav;

constexpr SoundLimits kLimits{.rate_hz = 16000, .max_samples = 1000};

std::string refusal(std::string_view bytes, const SoundLimits& limits = kLimits) {
  const auto sound = decode_sound(bytes, limits);
  if (sound) return "accepted";
  EXPECT_EQ(sound.error().kind, ErrorKind::invalid);
  return sound.error().message;
}

TEST(DecodeSound, GivesSixteenBitSamplesExactly) {
  const auto sound = decode_sound(make_wav({0, 1, -1, 32767, -32768, 12345}), kLimits);
  ASSERT_TRUE(sound) << sound.error().message;
  const std::vector<float> expected = {0,     1 / 32768.0F,    -1 / 32768.0F, 32767 / 32768.0F,
                                       -1.0F, 12345 / 32768.0F};
  EXPECT_EQ(*sound, expected);
}

TEST(DecodeSound, TakesAsManySamplesAsAllowedAndNoMore) {
  EXPECT_TRUE(decode_sound(make_wav(std::vector<std::int16_t>(1000, 5)), kLimits));
  EXPECT_EQ(refusal(make_wav(std::vector<std::int16_t>(1001, 5))), "has 1001 samples, allowed are 1000");
}

TEST(DecodeSound, RefusesAnotherRateAndMoreChannels) {
  EXPECT_EQ(refusal(make_wav({1, 2, 3, 4}, {.rate_hz = 48000})),
            "has 48000 samples a second, must have 16000");
  EXPECT_EQ(refusal(make_wav({1, 2, 3, 4}, {.channels = 2})), "has 2 channels, must have 1");
}

TEST(DecodeSound, RefusesWhatIsNoSound) {
  EXPECT_NE(refusal("").find("not a sound file"), std::string::npos);
  EXPECT_NE(refusal("RIFF").find("not a sound file"), std::string::npos);
  EXPECT_NE(refusal(std::string(4096, '\xA5')).find("not a sound file"), std::string::npos);
  EXPECT_EQ(refusal(make_wav({})), "holds no sound");
}

TEST(DecodeSound, DoesNotBelieveTheHeadersLength) {
  const std::string wav = make_wav({1, 2, 3, 4}, {.claimed_bytes = 0x7FFFFFF0});
  const auto sound = decode_sound(wav, {.rate_hz = 16000, .max_samples = 1u << 30});
  EXPECT_LE(sound ? sound->size() : 0, 4U);
}

// Every cut and every damaged byte of the header ends in a decoded file within the limits, or an error.
TEST(DecodeSound, SurvivesAnyCutAndAnyDamagedHeader) {
  const std::string whole = make_wav(std::vector<std::int16_t>(100, 77));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const auto sound = decode_sound(std::string_view(whole).substr(0, length), kLimits);
    EXPECT_LT(sound ? sound->size() : 0, 100U) << length;
  }
  for (std::size_t at = 0; at < 44; ++at) {
    for (const char value : {'\x00', '\x01', '\x7F', '\xFF'}) {
      std::string damaged = whole;
      damaged[at] = value;
      const auto sound = decode_sound(damaged, kLimits);
      EXPECT_LE(sound ? sound->size() : 0, kLimits.max_samples) << at;
    }
  }
}

}  // namespace
}  // namespace eb
