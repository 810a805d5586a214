#pragma once
// Takes out of a text what may say whose machine it comes from. Pure: the same text gives the same text, and
// a text that was scrubbed stays as it is.
#include <string>
#include <string_view>
#include <vector>

namespace eb {

// Words that look like a path, a URL, an address (IP, MAC, mail), a host's name, a serial number or UUID, or
// that follow "serial", "hostname:", "user=" and the like, become PATH, URL, ADDRESS, HOST, SERIAL and NAME;
// so do the words of `names`, where they are whole words. Versions, names of devices, units and hashes of 64
// digits stay.
std::string scrub(std::string_view text, const std::vector<std::string>& names = {});

}  // namespace eb
