#include "harness/meters/reading.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb {

std::string_view unit_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::energy_j:
      return "J";
    case Quantity::power_w:
      return "W";
    case Quantity::temperature_c:
      return "degC";
    case Quantity::clock_mhz:
      return "MHz";
  }
  return "";
}

std::string_view name_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::energy_j:
      return "energy";
    case Quantity::power_w:
      return "power";
    case Quantity::temperature_c:
      return "temperature";
    case Quantity::clock_mhz:
      return "clock";
  }
  return "";
}

std::string_view name_of(Sampling sampling) {
  switch (sampling) {
    case Sampling::accumulating:
      return "accumulating";
    case Sampling::averaging:
      return "averaging";
    case Sampling::instantaneous:
      return "instantaneous";
  }
  return "";
}

std::string_view name_of(EvidenceClass evidence) {
  switch (evidence) {
    case EvidenceClass::p0:
      return "P0";
    case EvidenceClass::p1:
      return "P1";
    case EvidenceClass::p2:
      return "P2";
    case EvidenceClass::p3:
      return "P3";
    case EvidenceClass::p4:
      return "P4";
  }
  return "";
}

Status check_addable(const std::vector<const MeterInfo*>& meters) {
  for (const MeterInfo* inner : meters)
    for (const MeterInfo* outer : meters) {
      if (inner != outer && inner->id == outer->id)
        return Error{ErrorKind::invalid, fmt::format("meter {} is named twice", inner->id)};
      if (std::find(inner->within.begin(), inner->within.end(), outer->id) != inner->within.end())
        return Error{ErrorKind::invalid, fmt::format("{} ({}) already counts {} ({}): name only one of them",
                                                     outer->id, outer->domain, inner->id, inner->domain)};
    }
  return Done{};
}

}  // namespace eb
