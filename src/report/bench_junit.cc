// JUnit's XML as CI systems read it (https://github.com/testmoapp/junitxml): a suite for each set, a case for each
// query, which fails where it got slower or its answer differs.

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"
#include "report/bench_parts.h"
#include "report/render.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

// Printable makes control characters and invalid UTF-8 visible, which XML could not hold.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : Printable(text)) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string Seconds(double milliseconds) {
  return absl::StrFormat("%.6f", milliseconds / 1000);
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
};

std::string CaseBody(const BenchMeasure& measure, const Statements& statements, Counts& counts) {
  if (measure.answer == "differs") {
    ++counts.failures;
    return absl::StrCat("<failure type=\"answer\" message=\"", Escaped(AnswerText(measure)), "\"/>");
  }
  if (measure.regression) {
    ++counts.failures;
    return absl::StrCat("<failure type=\"regression\" message=\"", Escaped(RatioText(measure.ratio->median)), "\"/>");
  }
  if (!measure.problem_code.empty()) {
    ++counts.errors;
    return absl::StrCat("<error type=\"", Escaped(measure.problem_code), "\" message=\"",
                        Escaped(statements.ServerMessage(measure.problem)), "\"/>");
  }
  return "";
}

std::string SuiteXml(const BenchPlan& plan, const BenchSetResult& set, const Statements& statements) {
  Counts counts;
  std::string cases;
  double ms = 0;
  for (std::size_t q = 0; q < set.queries.size(); ++q) {
    const BenchMeasure& measure = set.queries[q];
    const BenchQuery& query = plan.queries[q];
    const double time = measure.ms ? measure.ms->median : 0;
    ms += time;
    ++counts.tests;
    const std::string body = CaseBody(measure, statements, counts);
    absl::StrAppend(&cases, "    <testcase classname=\"", Escaped(set.name), "\" name=\"",
                    Escaped(absl::StrCat(statements.ShortId(query.id), " ", statements.Brief(query.id))), "\" time=\"",
                    Seconds(time), "\"", body.empty() ? "/>\n" : absl::StrCat(">", body, "</testcase>\n"));
  }
  if (!set.problem_code.empty()) {
    ++counts.tests;
    ++counts.errors;
    absl::StrAppend(&cases, "    <testcase classname=\"", Escaped(set.name),
                    "\" name=\"the set itself\"><error type=\"", Escaped(set.problem_code), "\" message=\"",
                    Escaped(statements.ServerMessage(set.problem)), "\"/></testcase>\n");
  }
  return absl::StrCat("  <testsuite name=\"", Escaped(set.name), "\" tests=\"", counts.tests, "\" failures=\"",
                      counts.failures, "\" errors=\"", counts.errors, "\" time=\"", Seconds(ms), "\">\n", cases,
                      "  </testsuite>\n");
}

}  // namespace

std::string BenchJunit(const BenchPlan& plan, const BenchResult& result, const Style& style) {
  const Statements statements(plan.workload, style.show_literals);
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"pgassay bench\">\n";
  for (const BenchSetResult& set : result.sets) absl::StrAppend(&xml, SuiteXml(plan, set, statements));
  return xml + "</testsuites>\n";
}

}  // namespace pgassay::report
