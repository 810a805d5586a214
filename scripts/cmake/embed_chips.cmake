# Writes OUTPUT: a C++ source that holds ROOT/results/chips.json, in parts that every compiler takes.
file(READ "${ROOT}/results/chips.json" text)
string(LENGTH "${text}" length)
set(parts "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 part)
  string(APPEND parts "R\"~chips~(${part})~chips~\"\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE "${OUTPUT}" "// Generated from results/chips.json.
#include \"results/chips.h\"

namespace eb {

std::string_view chips_json() {
  return ${parts};
}

}  // namespace eb
")
