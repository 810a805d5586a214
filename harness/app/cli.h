#pragma once

namespace eb {

// Parses the command line and runs the command. Returns the exit code.
int run_cli(int argc, char** argv);

}  // namespace eb
