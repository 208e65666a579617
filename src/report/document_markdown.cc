#include "report/document_markdown.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "base/text.h"
#include "report/figures.h"
#include "report/page.h"
#include "report/plan_text.h"
#include "report/script_text.h"

namespace pgassay::report {
namespace {

// Fenced lines are not wrapped by the reader's browser.
constexpr std::size_t kFenceWidth = 100;
// Longer statements push a table's figures out of sight.
constexpr std::size_t kLongestCode = 240;

bool IsWordPart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

std::size_t LongestBackticks(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

// What begins a line must not begin a heading, a list or a rule.
std::string Start(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  std::string words = MarkdownWords(text);
  if (!words.empty() && std::string_view("#+-=").find(words[0]) != std::string_view::npos) words.insert(0, "\\");
  const std::size_t digits = std::min(words.find_first_not_of("0123456789"), words.size());
  const bool numbered = digits > 0 && digits < words.size() && (words[digits] == '.' || words[digits] == ')') &&
                        (digits + 1 == words.size() || words[digits + 1] == ' ');
  if (numbered) words.insert(digits, "\\");
  return words;
}

class MarkdownWriter {
 public:
  void operator()(const Title& title) { Add(absl::StrCat("# ", MarkdownWords(title.text), "\n")); }

  void operator()(const Heading& heading) { Add(absl::StrCat("## ", MarkdownWords(heading.text), "\n")); }

  void operator()(const Subject& subject) {
    const std::string id = subject.id.empty() ? "" : " " + MarkdownCode(subject.id, false);
    Add(absl::StrCat("### ", MarkdownWords(subject.text), id, "\n"));
  }

  void operator()(const Facts& facts) {
    std::string list;
    for (const Fact& fact : facts.facts) {
      if (!fact.sentences.empty()) {
        std::vector<std::string> words;
        for (const std::string& sentence : fact.sentences) words.push_back(MarkdownWords(sentence));
        absl::StrAppend(&list, "- **", MarkdownWords(fact.label), "**: ", absl::StrJoin(words, " "), "\n");
      }
      if (fact.sql.empty()) continue;
      if (!list.empty()) Add(list);
      list.clear();
      (*this)(Script{{{ScriptLine::Kind::kSql, fact.sql}}});
    }
    if (!list.empty()) Add(list);
  }

  void operator()(const Paragraph& paragraph) { Add(Start(paragraph.text) + "\n"); }

  void operator()(const Remark& remark) { Add(Start(remark.text) + "\n"); }

  void operator()(const Table& table) {
    std::string text = "|";
    std::string rule = "|";
    for (const TableColumn& column : table.columns) {
      absl::StrAppend(&text, " ", MarkdownWords(column.heading), " |");
      absl::StrAppend(&rule, column.right ? " ---: |" : " --- |");
    }
    absl::StrAppend(&text, "\n", rule, "\n");
    for (const std::vector<std::string>& row : table.rows) {
      text += "|";
      for (std::size_t c = 0; c < row.size(); ++c) {
        const std::string cell = table.columns[c].sql ? MarkdownCode(row[c], true) : MarkdownWords(row[c]);
        absl::StrAppend(&text, " ", cell, " |");
      }
      text += "\n";
    }
    Add(text);
  }

  // The other bullet keeps the list apart from one of facts before it.
  void operator()(const Entries& entries) {
    std::string list;
    for (const Entry& entry : entries.entries) {
      absl::StrAppend(&list, "* ", MarkdownCode(entry.id, false), " ", MarkdownCode(entry.sql, false), "\n  ",
                      Start(entry.figures), "\n");
    }
    if (!list.empty()) Add(list);
    if (!entries.more.empty()) Add(Start(entries.more) + "\n");
  }

  void operator()(const Groups& groups) {
    std::string list;
    for (std::size_t g = 0; g < groups.groups.size(); ++g) {
      const ReasonGroup& group = groups.groups[g];
      absl::StrAppend(&list, "- ", CountText(static_cast<std::int64_t>(group.items.size())), " ",
                      MarkdownCode(group.code, false), group.phrase.empty() ? "" : ": ", MarkdownWords(group.phrase),
                      "\n");
      for (std::size_t i = 0; i < groups.shown[g]; ++i) {
        const ReasonItem& item = group.items[i];
        absl::StrAppend(&list, "  - ", MarkdownCode(item.subject, false), item.sentence.empty() ? "" : ": ",
                        MarkdownWords(item.sentence), "\n");
      }
    }
    if (!list.empty()) Add(list);
    if (!groups.more.empty()) Add(Start(groups.more) + "\n");
  }

  void operator()(const Bullets& bullets) {
    std::string list;
    for (const std::string& sentence : bullets.sentences) absl::StrAppend(&list, "- ", Start(sentence), "\n");
    if (!list.empty()) Add(list);
  }

  void operator()(const Script& script) { Add(MarkdownFence("sql", ScriptText(script, kFenceWidth))); }

  void operator()(const PlanPair& plans) {
    for (const bool after : {false, true}) {
      std::string text;
      for (const PlanLine& line : PlanLines(plans, after, kFenceWidth)) absl::StrAppend(&text, line.text, "\n");
      Add(absl::StrCat("**", MarkdownWords(after ? plans.after_title : plans.before_title), "**\n"));
      Add(MarkdownFence("text", text));
    }
  }

  std::string Take() { return std::move(text_); }

 private:
  // Blocks are kept apart by an empty line.
  void Add(const std::string& block) { absl::StrAppend(&text_, text_.empty() ? "" : "\n", block); }

  std::string text_;
};

}  // namespace

std::string MarkdownWords(std::string_view text) {
  const std::string raw = Printable(text);
  std::string words;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    const char next = i + 1 < raw.size() ? raw[i + 1] : ' ';
    if (c == '<') {
      words += "&lt;";
    } else if (c == '>') {
      words += "&gt;";
    } else if (c == '&') {
      words += "&amp;";
    } else if (c == ':' && next == '/') {
      words += "&#58;";  // no link
    } else if (c == '.' && absl::StrContains(absl::AsciiStrToLower(raw.substr(i < 3 ? 0 : i - 3, 3)), "www")) {
      words += "&#46;";  // no link
    } else if ((c == '@' || c == '#') && IsWordPart(next)) {
      absl::StrAppend(&words, std::string(1, c), "<!-- -->");  // no mention of a user or an issue
    } else if (std::string_view("\\`*_[]|~$").find(c) != std::string_view::npos) {
      words += '\\';
      words += c;
    } else {
      words += c;
    }
  }
  return words;
}

std::string MarkdownCode(std::string_view text, bool in_table) {
  std::string code = Shorten(Printable(text), kLongestCode);
  if (code.find_first_not_of(' ') == std::string::npos) return "";
  const std::string ticks(LongestBackticks(code) + 1, '`');
  // One space on both sides is taken away by the reader.
  const bool padded = code.starts_with('`') || code.ends_with('`') || (code.starts_with(' ') && code.ends_with(' '));
  if (in_table) code = absl::StrReplaceAll(code, {{"|", "\\|"}});
  return padded ? absl::StrCat(ticks, " ", code, " ", ticks) : absl::StrCat(ticks, code, ticks);
}

std::string MarkdownFence(std::string_view language, std::string_view text) {
  const std::string fence(std::max<std::size_t>(3, LongestBackticks(text) + 1), '`');
  return absl::StrCat(fence, ToAbsl(language), "\n", ToAbsl(text), fence, "\n");
}

std::string DocumentMarkdown(const Document& document) {
  MarkdownWriter writer;
  for (const Block& block : document) std::visit(writer, block);
  return writer.Take();
}

}  // namespace pgassay::report
