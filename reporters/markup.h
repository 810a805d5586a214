#pragma once
// HTML and SVG that cannot be injected into: markup comes only from literals of ours, everything else is
// escaped.
#include <cstddef>
#include <string>
#include <string_view>

namespace eb {

class Markup {
 public:
  // Markup of ours, as it is. Takes literals only, so that nothing named or measured elsewhere gets in.
  template <std::size_t N>
  Markup& raw(const char (&literal)[N]) {
    out_.append(literal, N - 1);
    return *this;
  }
  // Text between tags: escaped, valid UTF-8, without the control characters that HTML forbids. Lines are
  // kept.
  Markup& text(std::string_view any);
  // ` name="value"`, escaped.
  template <std::size_t N>
  Markup& attr(const char (&name)[N], std::string_view any) {
    out_.append(" ").append(name, N - 1).append("=\"");
    return text(any).raw("\"");
  }
  template <std::size_t N>
  Markup& attr(const char (&name)[N], double coordinate) {
    out_.append(" ").append(name, N - 1).append("=\"");
    return number(coordinate).raw("\"");
  }
  // A coordinate: at most two decimals, never an exponent, 0 for what is not finite.
  Markup& number(double coordinate);
  Markup& count(std::size_t value);
  Markup& append(const Markup& other) {
    out_ += other.out_;
    return *this;
  }
  const std::string& str() const { return out_; }

 private:
  std::string out_;
};

}  // namespace eb
