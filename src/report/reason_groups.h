#pragma once

// The reason codes in the order in which a reader wants them, each with words for people.

#include <span>
#include <string_view>

namespace pgassay::report {

struct ReasonPhrase {
  std::string_view code;
  std::string_view phrase;
};

// Codes of rejected candidates: first what another setting or another index decided, last what was never in question.
std::span<const ReasonPhrase> RejectionPhrases();

// Codes of statements that are not analysed.
std::span<const ReasonPhrase> SkippedPhrases();
std::span<const ReasonPhrase> NotAnalyzedPhrases();

}  // namespace pgassay::report
