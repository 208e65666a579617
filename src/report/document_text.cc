#include "report/document_text.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "report/figures.h"
#include "report/page.h"
#include "report/plan_text.h"
#include "report/script_text.h"

namespace pgassay::report {
namespace {

constexpr int kIndent = 2;
constexpr int kSubjectIndent = 4;
constexpr int kFiguresIndent = 14;  // below a statement, behind its id

class TextWriter {
 public:
  explicit TextWriter(Page& page) : page_(page) {}

  void operator()(const Title& title) { page_.Strong(0, title.text, ""); }

  void operator()(const Heading& heading) { page_.Heading(heading.text); }

  void operator()(const Subject& subject) {
    page_.Blank();
    page_.Strong(0, subject.text, subject.id);
  }

  void operator()(const Facts& facts) {
    const bool top = facts.place == Facts::Place::kDocument;
    const int indent = top ? kIndent : kSubjectIndent;
    const std::size_t label_width = top ? 10 : 8;
    for (const Fact& fact : facts.facts) {
      for (std::size_t i = 0; i < fact.sentences.size(); ++i) {
        page_.Hanging(indent, i == 0 ? fact.label : "", fact.sentences[i], label_width);
      }
      if (fact.sql.empty()) continue;
      // SQL is never wrapped.
      const std::size_t used = std::min(TextWidth(fact.label) + 1, label_width);
      page_.Line(indent, absl::StrCat(fact.label, std::string(label_width + 1 - used, ' '), fact.sql));
    }
  }

  void operator()(const Paragraph& paragraph) { page_.Paragraph(kIndent, paragraph.text); }

  void operator()(const Remark& remark) {
    if (!after_table_) page_.Blank();
    page_.Line(kIndent, remark.text);
  }

  void operator()(const Table& table) {
    if (!after_heading_) page_.Blank();
    page_.Table(kIndent, table.columns, table.rows);
  }

  void operator()(const Entries& entries) {
    for (const Entry& entry : entries.entries) {
      page_.Shortened(kSubjectIndent, absl::StrCat(entry.id, "  ", entry.sql));
      page_.Line(kFiguresIndent, entry.figures);
    }
    if (!entries.more.empty()) page_.Line(kSubjectIndent, entries.more);
  }

  void operator()(const Groups& groups) {
    std::size_t count_width = 0;
    std::size_t code_width = 0;
    for (const ReasonGroup& group : groups.groups) {
      count_width = std::max(count_width, CountText(static_cast<std::int64_t>(group.items.size())).size());
      code_width = std::max(code_width, TextWidth(group.code));
    }
    for (std::size_t g = 0; g < groups.groups.size(); ++g) {
      const ReasonGroup& group = groups.groups[g];
      const std::string count = CountText(static_cast<std::int64_t>(group.items.size()));
      const std::string label = absl::StrCat(std::string(count_width - count.size(), ' '), count, "  ", group.code);
      page_.Hanging(kIndent, label, group.phrase, count_width + code_width + 4);
      for (std::size_t i = 0; i < groups.shown[g]; ++i) {
        const ReasonItem& item = group.items[i];
        page_.Hanging(kIndent, "",
                      item.sentence.empty() ? item.subject : absl::StrCat(item.subject, ": ", item.sentence),
                      count_width + 4);
      }
    }
    if (!groups.more.empty()) page_.Line(kIndent, groups.more);
  }

  void operator()(const Bullets& bullets) {
    for (const std::string& sentence : bullets.sentences) page_.Hanging(kIndent, "-", sentence, 2);
  }

  void operator()(const Script& script) {
    page_.Blank();
    std::string text = ScriptText(script, page_.width());
    if (text.ends_with('\n')) text.pop_back();
    page_.Verbatim(text);
  }

  void operator()(const PlanPair& plans) { WritePlans(page_, plans); }

  void Write(const Block& block) {
    std::visit(*this, block);
    after_heading_ = std::holds_alternative<Heading>(block);
    after_table_ = std::holds_alternative<Table>(block);
  }

 private:
  Page& page_;
  bool after_heading_ = false;
  bool after_table_ = false;
};

}  // namespace

std::string DocumentText(const Document& document, const Style& style) {
  Page page(style.width, style.color);
  TextWriter writer(page);
  for (const Block& block : document) writer.Write(block);
  return page.Take();
}

}  // namespace pgassay::report
