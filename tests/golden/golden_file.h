#pragma once

// The text format of golden tests: blocks of a directive line, input, "----", and the expected output.
//
//   # Comments and blank lines may stand between blocks.
//   schema
//   CREATE TABLE orders (id int8 PRIMARY KEY, customer_id int8);
//   ----
//   requests
//   q1 weight=9000 orders: eq customer_id
//   ----
//   candidates max_width=2
//   ----
//   orders (customer_id)  rule 1 q1
//
// The expected output ends at a blank line, a comment, the next directive, or with the file. There are no loops,
// variables or includes.

#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pgassay::golden {

using Lines = std::vector<std::string>;

struct Block {
  std::size_t line = 0;                        // of the directive, counted from 1
  Lines before;                                // comments and blank lines
  std::string header;                          // the directive line as written
  std::string directive;                       // its first word
  std::map<std::string, std::string> options;  // its further words, all of the form name=value
  Lines input;
  Lines expected;
  friend bool operator==(const Block&, const Block&) = default;
};

struct File {
  std::vector<Block> blocks;
  Lines after;  // comments and blank lines at the end
  friend bool operator==(const File&, const File&) = default;
};

// InvalidArgument with the line for anything that is not of this form; a directive without "----" has no expectation
// and is an error.
absl::StatusOr<File> Parse(std::string_view text, std::span<const std::string_view> directives);

std::string Render(const File& file);

// Whether the lines are equal apart from the width of white space between words.
bool SameText(const Lines& a, const Lines& b);

}  // namespace pgassay::golden
