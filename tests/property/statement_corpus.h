#pragma once

// Statements for the properties of the statement hash: put together from parts, of the shop, hostile, and mutations of
// all of them.

#include <random>
#include <string>
#include <vector>

namespace pgassay::sql {

constexpr unsigned kCorpusSeed = 20260630;

class Random {
 public:
  int Below(int limit) { return static_cast<int>(engine_() % static_cast<unsigned>(limit)); }
  bool Chance(int percent) { return Below(100) < percent; }
  std::string Pick(const std::vector<std::string>& values) {
    return values[static_cast<std::size_t>(Below(static_cast<int>(values.size())))];
  }

 private:
  std::mt19937 engine_{kCorpusSeed};
};

std::string RandomNumber(Random& random);
std::string RandomString(Random& random);

// # becomes a number, @ a string, % a list of literals, ^ rows of numbers, & a name, ! an expression.
std::string Expand(Random& random, const std::string& pattern);

// Letters of a text without quotes in any case.
std::string ChangeCase(Random& random, std::string text);

// More than 20,000 different texts, sorted.
std::vector<std::string> StatementCorpus();

}  // namespace pgassay::sql
