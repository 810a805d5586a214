# Writes OUTPUT: a C++ source with eb::FUNCTION(), the text of FILE, as HEADER declares it; "" where there is no FILE.
set(text "")
if(EXISTS "${FILE}")
  file(READ "${FILE}" text)
endif()
string(LENGTH "${text}" length)
set(parts "")  # compilers limit the length of one literal, that of neighbours put together, too
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 8000 part)
  string(APPEND parts "    R\"~text~(${part})~text~\",\n")
  math(EXPR at "${at} + 8000")
endwhile()
file(WRITE "${OUTPUT}" "// Generated.
#include \"${HEADER}\"

#include <string>

namespace eb {

std::string_view ${FUNCTION}() {
  static constexpr std::string_view kParts[] = {
${parts}    \"\"};
  static const std::string text = [] {
    std::string all;
    for (const std::string_view part : kParts) all += part;
    return all;
  }();
  return text;
}

}  // namespace eb
")
