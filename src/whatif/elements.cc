#include "whatif/elements.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace pgassay::whatif {
namespace {

bool IsWordByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// The end of the string that begins with a quote at `begin`.
std::size_t StringEnd(std::string_view text, std::size_t begin) {
  std::size_t at = begin + 1;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' ? 2 : 1;
  return std::min(at + 1, text.size());
}

}  // namespace

std::set<std::string> DocumentElements(std::string_view text, bool paths) {
  std::set<std::string> elements;
  std::vector<std::string> path;  // the key of each open object, empty in arrays
  const auto add_value = [&](std::string_view value) {
    std::string element = "v";
    if (paths) {
      for (const std::string& key : path) element.append(key).append("\x1f");
    }
    elements.insert(element.append(value));
  };
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '{' || c == '[') {
      path.emplace_back();
      ++at;
    } else if (c == '}' || c == ']') {
      if (!path.empty()) path.pop_back();
      ++at;
    } else if (c == ' ' || c == ',' || c == ':') {
      ++at;
    } else {
      const std::size_t end = c == '"' ? StringEnd(text, at) : std::min(text.find_first_of(",]} ", at), text.size());
      const std::string_view token = text.substr(at, end - at);
      at = std::max(end, at + 1);
      if (c == '"' && at < text.size() && text[at] == ':') {
        if (!path.empty()) path.back() = token;
        if (!paths) elements.insert("k" + std::string(token));
      } else {
        add_value(token);
      }
    }
  }
  return elements;
}

std::set<std::string> Words(std::string_view text) {
  std::set<std::string> words;
  std::string word;
  for (std::size_t at = 0; at <= text.size(); ++at) {
    if (at < text.size() && IsWordByte(text[at])) {
      word += Lower(text[at]);
    } else if (!word.empty()) {
      words.insert(std::move(word));
      word.clear();
    }
  }
  return words;
}

std::set<std::string> Trigrams(std::string_view text) {
  std::set<std::string> trigrams;
  for (const std::string& word : Words(text)) {
    const std::string padded = "  " + word + " ";
    for (std::size_t at = 0; at + 3 <= padded.size(); ++at) trigrams.insert(padded.substr(at, 3));
  }
  return trigrams;
}

}  // namespace pgassay::whatif
