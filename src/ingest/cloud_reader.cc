// A block is read from left to right: between objects stand the marks of lists and what is left of the objects around
// them, which is passed over. So it does not matter where a block is cut, and a list of any length is read with little
// memory. Each line is counted by what its first object is.

#include "ingest/cloud_reader.h"

#include <algorithm>
#include <deque>
#include <memory>

#include "base/status_macros.h"
#include "ingest/cloud_entries.h"
#include "ingest/cloud_object.h"
#include "ingest/json_cursor.h"
#include "ingest/line_tag.h"
#include "ingest/lines.h"
#include "ingest/prefix_pieces.h"

namespace pgassay::ingest {
namespace {

constexpr int kMostCuts = 1000;  // places where an entry may begin that are looked at: a plan has many lines
constexpr int kMostTimes = 64;   // objects that tell the order of a block

bool IsStructure(char c) {
  return c == ',' || c == '[' || c == ']' || c == '}';
}
bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\0';
}

class BlockScan {
 public:
  BlockScan(std::string_view block, bool last, bool stop_at_other, CloudPieces pieces, LineCounts& counts)
      : block_(block), last_(last), reader_(pieces), counts_(counts), unknown_(stop_at_other, counts) {}

  ReadEnd Run() {
    end_.consumed = block_.size();
    while (!ended_ && at_ < block_.size()) Step();
    if (!ended_ && line_begin_ < block_.size()) {
      // A line without its end, whose objects are whole.
      if (last_ || has_object_) {
        EndLine();
      } else {
        Unfinished(line_begin_);
      }
    }
    if (!end_.other_format && unknown_.EndOfBlock(last_)) end_ = unknown_.Stop();
    return end_;
  }

  std::vector<CloudPiece> TakePieces() { return std::move(found_); }

 private:
  void Step() {
    const char c = block_[at_];
    if (c == '\n') {
      ++at_;
      EndLine();
    } else if (IsSpace(c)) {
      ++at_;
    } else if (IsStructure(c)) {
      structure_ = true;
      ++at_;
    } else if (c == '{') {
      ReadObject();
    } else if (c == '"') {
      PassOver();
    } else {
      PassLine(UnknownKind::kNoPrefix);
    }
  }

  // What a line was, at its end.
  void EndLine() {
    if (!counted_ && structure_) {
      ++counts_.continuations;
    } else if (!counted_) {
      unknown_.Add(UnknownKind::kNoPrefix, line_begin_, block_.substr(line_begin_, at_ - line_begin_));  // it is empty
    }
    BeginLine();
  }

  void BeginLine() {
    line_begin_ = at_;
    counted_ = false;
    structure_ = false;
    has_object_ = false;
  }

  void Unfinished(std::size_t begin) {
    end_.consumed = begin;
    ended_ = true;
  }

  void CountUnknown(UnknownKind kind) {
    if (std::exchange(counted_, true)) return;
    const std::size_t end = LineEnd(block_, line_begin_);
    if (!unknown_.Add(kind, line_begin_, block_.substr(line_begin_, end - line_begin_))) return;
    end_ = unknown_.Stop();
    ended_ = true;
  }

  // The rest of the line belongs to nothing.
  void PassLine(UnknownKind kind) {
    const std::size_t end = LineEnd(block_, at_);
    if (!last_ && block_[end - 1] != '\n') return Unfinished(line_begin_);
    CountUnknown(kind);
    at_ = end;
    BeginLine();
  }

  // Goes on at `to`. Lines that end before are further lines of what began in front of it.
  void PassTo(std::size_t to) {
    for (std::size_t end = LineEnd(block_, at_); end <= to && block_[end - 1] == '\n'; end = LineEnd(block_, at_)) {
      counts_.continuations += counted_ ? 0 : 1;
      at_ = end;
      BeginLine();
      structure_ = true;
      if (at_ == block_.size()) break;
    }
    at_ = to;
  }

  // "nextToken": "...", and the like; also a name of which the object or list follows.
  void PassOver() {
    JsonCursor cursor(block_.substr(at_), true);
    std::string_view value;
    bool escaped = false;
    bool whole = cursor.TakeText(value, escaped) && value.find('\n') == std::string_view::npos && cursor.Take(':');
    if (whole && !cursor.AtEnd() && *cursor.at() != '[' && *cursor.at() != '{') {
      whole = cursor.TakeValue(value, escaped) && value.find('\n') == std::string_view::npos;
    }
    if (!whole) return PassLine(UnknownKind::kBrokenFields);
    structure_ = true;
    PassTo(static_cast<std::size_t>(cursor.at() - block_.data()));
  }

  void ReadObject() {
    CloudObject object;
    std::size_t taken = 0;
    const std::size_t begin = at_;
    const ObjectEnd end = ReadCloudObject(block_.substr(begin), object, texts_, taken);
    if (end == ObjectEnd::kList) {
      structure_ = true;
      return PassTo(begin + taken);
    }
    if (end == ObjectEnd::kUnfinished && !last_ && block_.size() - begin <= kLongestEntry) return Unfinished(begin);
    if (end != ObjectEnd::kWhole) return PassLine(UnknownKind::kBrokenFields);
    const std::size_t had = found_.size();
    if (taken > kLongestEntry || !reader_.Read(object, found_)) {
      CountUnknown(taken > kLongestEntry ? UnknownKind::kTooLong : UnknownKind::kNoPrefix);
    } else {
      unknown_.End();
      for (std::size_t i = had; i < found_.size(); ++i) found_[i].object = number_;
      if (!counted_) ++(found_[had].kind == CloudPiece::Kind::kEntry ? counts_.entries : counts_.continuations);
      found_[had].counted = !std::exchange(counted_, true);
    }
    if (ended_) return;
    ++number_;
    PassTo(begin + taken);
    has_object_ = true;
  }

  std::string_view block_;
  bool last_;
  CloudPieces reader_;
  LineCounts& counts_;
  UnknownRun unknown_;
  std::deque<std::string> texts_;
  std::vector<CloudPiece> found_;
  ReadEnd end_;
  bool ended_ = false;
  std::size_t at_ = 0;
  std::size_t number_ = 0;  // of objects
  // Of the line that is being read:
  std::size_t line_begin_ = 0;
  bool counted_ = false;     // it is in one of the counts
  bool structure_ = false;   // it has something of a list, or of an object that is read or around one
  bool has_object_ = false;  // an object ends in it
};

// Where the last object in front of `end` seems to begin: a line, behind one that ended with an object or began a list;
// else behind another object in its line. 0: none found.
std::size_t ObjectBefore(std::string_view block, std::size_t end) {
  for (std::size_t newline = end; newline > 1;) {
    newline = block.rfind('\n', newline - 2);
    if (newline == std::string_view::npos) break;
    const std::size_t first = block.find_first_not_of(" \t", newline + 1);
    if (first != std::string_view::npos && first < end && block[first] == '{') {
      const std::size_t before = block.find_last_not_of(" \t\r\n", newline);
      if (before != std::string_view::npos && (IsStructure(block[before]) || first == newline + 1)) return newline + 1;
    }
    ++newline;
  }
  const std::size_t next = end < 2 ? std::string_view::npos : block.substr(0, end - 1).rfind("},{\"");
  return next == std::string_view::npos ? 0 : next + 2;
}

bool BeginsEntryObject(std::string_view text) {
  CloudObject object;
  std::deque<std::string> texts;
  std::size_t taken = 0;
  if (ReadCloudObject(text, object, texts, taken) != ObjectEnd::kWhole) return false;
  std::string_view written = object[CloudField::kText];
  const std::optional<std::size_t> head = HeadSize(written);
  if (!head) return !written.starts_with('\t');
  written.remove_prefix(*head);
  const std::optional<LineTag> tag = TakeTag(written);
  return !tag || BeginsEntry(*tag);
}

// Whether of the first objects more are older than the one before them than newer: processes write a little out of
// order.
bool IsNewestFirst(std::string_view block) {
  int balance = 0;
  std::string last;
  std::size_t at = 0;
  for (int objects = 0; objects < kMostTimes && (at = block.find('{', at)) != std::string_view::npos; ++objects) {
    CloudObject object;
    std::deque<std::string> texts;
    std::size_t taken = 0;
    if (ReadCloudObject(block.substr(at), object, texts, taken) == ObjectEnd::kUnfinished) break;
    at += std::max<std::size_t>(taken, 1);
    const std::string_view time = object[CloudField::kTime];
    if (time.empty()) continue;
    if (time.size() == last.size()) balance += time < last ? 1 : time > last ? -1 : 0;
    last = time;
  }
  return balance > 0;
}

}  // namespace

absl::StatusOr<std::unique_ptr<LogReader>> CloudReader::Make(const LogFormat& format) {
  std::optional<LinePrefix> prefix;
  if (!format.line_prefix.empty()) {
    PGASSAY_ASSIGN_OR_RETURN(prefix, LinePrefix::Compile(format.line_prefix, format.default_utc_offset_s));
  }
  return std::unique_ptr<LogReader>(new CloudReader(format.default_utc_offset_s, std::move(prefix)));
}

ReadEnd CloudReader::Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
                          LineCounts& counts) {
  BlockScan scan(block, last, stop_at_other, CloudPieces(time_, prefix_ ? &*prefix_ : nullptr), counts);
  const ReadEnd end = scan.Run();
  GiveCloudEntries(scan.TakePieces(), sink, counts);
  return end;
}

// Objects are looked at from the end on, up to one that begins an entry: a statement or a detail in an object of its
// own belongs to the entry in front of it, or behind it where the newest is first. A place may be within an object;
// then the block before it is not whole, and both are read again.
std::size_t CloudReader::LastEntry(std::string_view block) const {
  if (block.empty()) return 0;
  const bool newest_first = IsNewestFirst(block);
  std::size_t first_found = 0;
  std::size_t behind = 0;  // the object behind the one that is looked at
  std::size_t at = block.size();
  for (int cuts = 0; cuts < kMostCuts && (at = ObjectBefore(block, at)) != 0; ++cuts) {
    if (first_found == 0) first_found = at;
    const std::size_t object = block.find('{', at);
    if (BeginsEntryObject(block.substr(object))) {
      if (!newest_first) return at;
      if (behind != 0) return behind;
    }
    behind = at;
  }
  return first_found;
}

CloudSigns FindCloudSigns(std::string_view head) {
  CloudSigns signs;
  for (std::size_t at = head.find('{'); at != std::string_view::npos; at = head.find('{', at)) {
    CloudObject object;
    std::deque<std::string> texts;
    std::size_t taken = 0;
    const ObjectEnd end = ReadCloudObject(head.substr(at), object, texts, taken);
    at += std::max<std::size_t>(taken, 1);
    if (end != ObjectEnd::kWhole) continue;
    const std::string_view text = object[CloudField::kText];
    if (HeadSize(text)) signs.texts.emplace_back(text);
    signs.server = signs.server || !signs.texts.empty() || object.Has(CloudField::kSeverity);
  }
  return signs;
}

}  // namespace pgassay::ingest
