#include <cstdio>
#include <exception>
#include <new>

#include "harness/app/cli.h"
#include "harness/app/commands.h"

int main(int argc, char** argv) {
  try {
    return eb::run_cli(argc, argv);
  } catch (const std::bad_alloc&) {
    return eb::complain("out of memory", eb::exit_failed);
  } catch (const std::exception& error) {
    // What takes the output is full: not ours.
    if (std::ferror(stdout) != 0)
      return eb::complain(std::string("the output cannot be written: ") + error.what(), eb::exit_failed);
    return eb::complain(std::string("internal error, please report it: ") + error.what(), eb::exit_bug);
  }
}
