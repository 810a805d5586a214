#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <algorithm>
#include <cerrno>
#include <iterator>

#include "harness/base/serial.h"
#include "harness/base/stream_posix.h"

namespace eb {
namespace {

struct Rate {
  int baud = 0;
  speed_t code = 0;
};
constexpr Rate kRates[] = {{1200, B1200},     {2400, B2400},     {4800, B4800},
                           {9600, B9600},     {19200, B19200},   {38400, B38400},
                           {57600, B57600},   {115200, B115200}, {230400, B230400},
#ifdef B460800
                           {460800, B460800}, {921600, B921600}
#endif
};

Status set_up(int fd, speed_t code) {
  termios settings{};
  if (tcgetattr(fd, &settings) != 0) return Error{ErrorKind::invalid, "it is no serial port"};
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (cfsetispeed(&settings, code) != 0 || cfsetospeed(&settings, code) != 0 ||
      tcsetattr(fd, TCSANOW, &settings) != 0)
    return Error{ErrorKind::io, "it cannot be set up: " + errno_text()};
  if (ioctl(fd, TIOCEXCL) != 0) return Error{ErrorKind::io, "it cannot be had alone: " + errno_text()};
  tcflush(fd, TCIOFLUSH);
  return Done{};
}

}  // namespace

Result<std::unique_ptr<Stream>> open_serial(const std::filesystem::path& port, int baud) {
  const auto* const rate =
      std::find_if(std::begin(kRates), std::end(kRates), [&](const Rate& one) { return one.baud == baud; });
  if (rate == std::end(kRates))
    return Error{ErrorKind::invalid,
                 fmt::format("{} baud is no rate of serial ports, as 9600 or 115200", baud)};
  Descriptor fd(open(port.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (fd.get() < 0)
    return Error{ErrorKind::unavailable, fmt::format("cannot open {}: {}", port.string(), errno_text())};
  if (auto done = set_up(fd.get(), rate->code); !done) return done.error().within(port.string());
  return make_stream(std::move(fd), Wire::port);
}

}  // namespace eb
