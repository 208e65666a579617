#include "report/script_text.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/text.h"
#include "report/page.h"

namespace pgassay::report {
namespace {

void WriteSql(Page& page, std::string_view sql) {
  bool raw = true;
  for (const absl::string_view line : absl::StrSplit(ToAbsl(sql), '\n')) {
    raw = raw && Printable(FromAbsl(line)) == FromAbsl(line);
  }
  if (raw) {
    page.Verbatim(absl::StrCat(ToAbsl(sql), sql.ends_with(';') ? "" : ";"));
  } else {
    page.Line(0, "-- holds control characters, so it is shown escaped; --json has it as it is:");
    page.Line(0, absl::StrCat("-- ", ToAbsl(sql)));
  }
}

}  // namespace

std::string ScriptText(const Script& script, std::size_t width) {
  Page page(static_cast<int>(width), false);
  for (const ScriptLine& line : script.lines) {
    switch (line.kind) {
      case ScriptLine::Kind::kBlank:
        page.Blank();
        break;
      case ScriptLine::Kind::kRemark:
        page.Line(0, absl::StrCat("-- ", line.text));
        break;
      case ScriptLine::Kind::kWrappedRemark:
        page.Prefixed("-- ", line.text);
        break;
      case ScriptLine::Kind::kSql:
        WriteSql(page, line.text);
        break;
    }
  }
  return page.Take();
}

}  // namespace pgassay::report
