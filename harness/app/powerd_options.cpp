#include "harness/app/powerd_options.h"

#include <CLI/CLI.hpp>

#include "harness/app/commands.h"

namespace eb {
namespace {

constexpr const char* kNotes = R"(
Clients of PTDaemon (Hello, Identify, RR, SR, Go, Stop, Mark, RL, R*, Watts, Uncertainty) are answered in its words; what
the meter cannot say is -1. Identify names edgebench: nothing here passes for an analyser that SPEC or MLPerf accepts.
Two commands more: Source (class, scope, kind, rate, calibration) and UncertaintyModel (gain, offset).

Examples:
  edgebench powerd --meter rapl:0
  edgebench powerd --meter 'scpi://192.168.1.20?dialect=rs' --port 0 --log ptd.log
  printf 'Go,1000,0,first\\r\\n' | nc 127.0.0.1 8888

Exit code: 0 ended by Ctrl-C, 1 the meter or the port cannot be had, 2 bad usage.)";

}  // namespace

void declare_powerd(CLI::App& app, PowerdCommand& command) {
  app.add_option("--meter", command.meter, "An id of edgebench list meters, or the SPEC of an instrument")
      ->required()
      ->type_name("METER");
  app.add_option(
         "--bind", command.address,
         "Numeric address to listen on; any but 127.x and ::1 lets others start and stop measurements  "
         "[127.0.0.1]")
      ->type_name("ADDRESS");
  app.add_option("--port", command.port, "TCP port; 0: any that is free, which is printed  [8888]")
      ->type_name("N");
  app.add_option("--log", command.log, "File to which commands and samples are appended, as PTDaemon does")
      ->type_name("FILE");
  app.add_option("--calibration", command.calibration,
                 "When the meter was calibrated, for Identify and Source")
      ->check([](const std::string& text) {
        return text.find_first_of(",\r\n") == std::string::npos && text.size() < 100
                   ? std::string()
                   : std::string("it holds a comma or a line end, or is too long");
      })
      ->type_name("TEXT");
  app.add_option(
         "--ranges", command.ranges,
         "Answer to SR with a number: refuse says that the range is fixed; accept says that it changed, as "
         "MLPerf's director insists, although it did not  [refuse]")
      ->check(CLI::IsMember({"refuse", "accept"}))
      ->type_name("WHAT");
  app.add_option("--root", command.root, "Look for the meter in the sys folder below DIR  [/]")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  app.footer(kNotes);
}

}  // namespace eb
