#include "ingest/cloud_object.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "ingest/json_cursor.h"
#include "ingest/json_text.h"

namespace pgassay::ingest {
namespace {

constexpr int kDeepest = 4;  // of objects that are looked into

struct Name {
  std::string_view name;  // in lower case, without '_' and '@', and without the types that Log Analytics adds (_s, _d)
  CloudField field;
};

// Sorted by name.
constexpr Name kNames[] = {
    {"applicationname", CloudField::kApplication},
    {"appname", CloudField::kApplication},
    {"category", CloudField::kMark},
    {"context", CloudField::kContext},
    {"database", CloudField::kDatabase},
    {"databasename", CloudField::kDatabase},
    {"dbname", CloudField::kDatabase},
    {"detail", CloudField::kDetail},
    {"errorlevel", CloudField::kSeverity},
    {"errorseverity", CloudField::kSeverity},
    {"hint", CloudField::kHint},
    {"insertid", CloudField::kMark},
    {"level", CloudField::kLevel},
    {"log", CloudField::kText},
    {"logger", CloudField::kLogger},
    {"logname", CloudField::kMark},
    {"logtime", CloudField::kTime},
    {"message", CloudField::kText},
    {"msg", CloudField::kText},
    {"pid", CloudField::kPid},
    {"processid", CloudField::kPid},
    {"query", CloudField::kStatement},
    {"queryid", CloudField::kQueryId},
    {"resourceid", CloudField::kMark},
    {"sessionid", CloudField::kSession},
    {"severity", CloudField::kLevel},
    {"sqlerrcode", CloudField::kSqlState},
    {"sqlerrorcode", CloudField::kSqlState},
    {"sqlstatecode", CloudField::kSqlState},
    {"statecode", CloudField::kSqlState},
    {"statement", CloudField::kStatement},
    {"textpayload", CloudField::kText},
    {"time", CloudField::kTime},
    {"timegenerated", CloudField::kTime},
    {"timestamp", CloudField::kTime},
    {"ts", CloudField::kTime},
    {"user", CloudField::kUser},
    {"username", CloudField::kUser},
    {"virtualtransactionid", CloudField::kTransaction},
    {"vxid", CloudField::kTransaction},
};
static_assert(std::is_sorted(std::begin(kNames), std::end(kNames),
                             [](const Name& a, const Name& b) { return a.name < b.name; }));

constexpr std::size_t kLongestName = 32;

// A key as the table has it, in `buffer`.
std::string_view Simplified(std::string_view key, std::array<char, kLongestName>& buffer) {
  if (key.size() > kLongestName) return {};
  if (key.ends_with("_s") || key.ends_with("_d")) key.remove_suffix(2);
  std::size_t size = 0;
  for (const char c : key) {
    if (c != '_' && c != '@') buffer[size++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return {buffer.data(), size};
}

bool HoldsFields(std::string_view name) {
  return name == "properties" || name == "record" || name == "jsonpayload";
}

bool HoldsObjects(std::string_view name) {
  return name == "records" || name == "logevents" || name == "events" || name == "entries";
}

class Reader {
 public:
  Reader(CloudObject& object, std::deque<std::string>& texts) : object_(object), texts_(texts) {}

  ObjectEnd Read(JsonCursor& cursor, int depth) {
    if (!cursor.Take('{')) return Failed(cursor);
    if (cursor.Take('}')) return ObjectEnd::kWhole;
    do {
      std::string_view key;
      bool escaped = false;
      if (!cursor.TakeText(key, escaped) || !cursor.Take(':')) return Failed(cursor);
      std::array<char, kLongestName> buffer;
      const std::string_view name = Simplified(key, buffer);
      if (depth == 0 && HoldsObjects(name) && cursor.Take('[')) return ObjectEnd::kList;
      if (depth < kDeepest && HoldsFields(name) && !cursor.AtEnd() && *cursor.at() == '{') {
        const ObjectEnd end = Read(cursor, depth + 1);
        if (end != ObjectEnd::kWhole) return end;
        continue;
      }
      std::string_view value;
      const bool is_text = !cursor.AtEnd() && *cursor.at() == '"';
      if (!cursor.TakeValue(value, escaped)) return Failed(cursor);
      if (value.find('\n') != std::string_view::npos) return ObjectEnd::kBroken;  // a line that is cut off
      const auto* const known =
          std::lower_bound(std::begin(kNames), std::end(kNames), name,
                           [](const Name& of, std::string_view wanted) { return of.name < wanted; });
      if (known == std::end(kNames) || known->name != name) continue;
      if (escaped) {
        std::string unescaped;
        if (!AppendUnescaped(value, unescaped)) return ObjectEnd::kBroken;
        value = texts_.emplace_back(std::move(unescaped));
      }
      if (is_text && known->field == CloudField::kText && depth < kDeepest && value.starts_with("{\"")) {
        // An object that another program took for text.
        JsonCursor inner(value);
        if (Read(inner, depth + 1) == ObjectEnd::kWhole) continue;
      }
      if (is_text || !value.empty()) object_.Set(known->field, value, depth);
    } while (cursor.Take(','));
    return cursor.Take('}') ? ObjectEnd::kWhole : Failed(cursor);
  }

 private:
  static ObjectEnd Failed(JsonCursor& cursor) { return cursor.AtEnd() ? ObjectEnd::kUnfinished : ObjectEnd::kBroken; }

  CloudObject& object_;
  std::deque<std::string>& texts_;
};

}  // namespace

ObjectEnd ReadCloudObject(std::string_view text, CloudObject& object, std::deque<std::string>& texts,
                          std::size_t& taken) {
  JsonCursor cursor(text, true);
  const ObjectEnd end = Reader(object, texts).Read(cursor, 0);
  taken = static_cast<std::size_t>(cursor.at() - text.data());
  return end;
}

}  // namespace pgassay::ingest
