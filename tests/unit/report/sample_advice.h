#pragma once

// Hand-made answers for the renderers.

#include <string>

#include "gtest/gtest.h"
#include "pgassay/advice.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"

namespace pgassay::report {

Snapshot SampleSnapshot();

// Two templates (the second with two bindings), one recommendation, three rejections, two skipped statements, one
// warning.
Advice SampleAdvice();

WhatifResult SampleWhatif();

// Whether `text` has a control character other than the line feed, C1 controls in UTF-8 included.
bool HasControlCharacters(const std::string& text);

// Whether `part` occurs in `text`; the message of a failed expectation shows both.
testing::AssertionResult Has(const std::string& text, const std::string& part);

}  // namespace pgassay::report
