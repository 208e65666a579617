// Blocks are cut where an entry seems to begin, so that each can be read without the others. Whether that was right is
// seen when the blocks are taken in order: where the block before has left an unfinished entry, or the format changes
// within the block, it is read again, now knowing what went before. Blocks behind a change of format may have been cut
// as the old one says: they are put back, to be cut again. Both are rare, so they may happen in one thread; and since
// they depend on the bytes alone, the number of threads never shows.

#include "ingest/scan.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "ingest/block_buffer.h"
#include "ingest/lines.h"

namespace pgassay::ingest {
namespace {

constexpr std::size_t kHeadBytes = std::size_t{256} << 10;
// How often another format is looked for in vain in a block, lest one full of other programs' lines takes much longer.
constexpr int kMostLooks = 4;

// The first `count` lines of `text`.
std::string_view FirstLines(std::string_view text, int count) {
  std::size_t end = 0;
  for (int i = 0; i < count && end < text.size(); ++i) end = LineEnd(text, end);
  return text.substr(0, end);
}

// What the lines of `text` are in `format`.
LineCounts CountsOf(const LogFormat& format, std::string_view text) {
  LineCounts counts;
  if (const absl::StatusOr<std::unique_ptr<LogReader>> reader = MakeReader(format); reader.ok())
    (*reader)->Read(text, true, false, [](const LogRecord& /*record*/) {}, counts);
  return counts;
}

// Whether most of `text` is entries in `format`.
bool Explains(const LogFormat& format, std::string_view text) {
  const LineCounts counts = CountsOf(format, text);
  return counts.entries > 0 && counts.Unknown() <= counts.entries + counts.continuations;
}

// A stretch of the log, and what came of reading it.
struct Block {
  std::size_t number = 0;
  BlockBuffer bytes;
  bool last = false;
  ReadEnd end;
  LineCounts lines;
  std::unique_ptr<BlockTally> tally;
};

class Scan {
 public:
  Scan(const ScanInput& input, const ScanOptions& options, const ScanHandler& handler)
      : input_(input), options_(options), handler_(handler) {}

  absl::StatusOr<ScanResult> Run() {
    PGASSAY_RETURN_IF_ERROR(Begin());
    const int jobs = std::max(options_.jobs, 1);
    std::vector<std::thread> threads;
    for (int i = 1; i < jobs; ++i) threads.emplace_back([this] { Work(); });
    Work();
    for (std::thread& thread : threads) thread.join();
    PGASSAY_RETURN_IF_ERROR(status_);
    result_.unfinished = carry_.size() + held_.size();
    result_.format = formats_.back();
    return std::move(result_);
  }

 private:
  absl::Status Begin() {
    PGASSAY_RETURN_IF_ERROR(Fill(kHeadBytes));
    const std::string_view head = pending_.view().substr(0, kHeadBytes);
    PGASSAY_ASSIGN_OR_RETURN(LogFormat format, input_.detect(head));
    PGASSAY_RETURN_IF_ERROR(MakeReader(format).status());
    formats_.push_back(std::move(format));
    // Most of the head may be in another format than its beginning.
    if (const std::string_view first = FirstLines(head, kOtherFormatTail);
        CountsOf(formats_.back(), first).Unknown() >= kOtherFormatTail) {
      if (std::optional<LogFormat> other = OtherFormat(first)) formats_.back() = *std::move(other);
    }
    return absl::OkStatus();
  }

  // Reads until pending_ has `size` bytes or the input ends.
  absl::Status Fill(std::size_t size) {
    pending_.Reserve(size);
    while (!ended_ && pending_.size() < size) {
      const absl::StatusOr<std::size_t> got = input_.read(pending_.data() + pending_.size(), size - pending_.size());
      ended_ = !got.ok() || *got == 0;
      if (absl::IsDataLoss(got.status()) && (pending_.size() > 0 || next_fetched_ > 0)) {
        result_.damage = got.status();
        return absl::OkStatus();
      }
      PGASSAY_RETURN_IF_ERROR(got.status());
      pending_.SetSize(pending_.size() + *got);
    }
    return absl::OkStatus();
  }

  // The next block, cut in front of an entry; nothing at the end. Called with source_mutex_.
  absl::StatusOr<std::optional<Block>> Fetch(const LogReader& reader) {
    std::size_t size = options_.block_bytes;
    while (true) {
      // More may be pending than was asked for. It must not show, and neither must when the end was seen.
      PGASSAY_RETURN_IF_ERROR(Fill(size + 1));
      if (pending_.size() == 0) return std::nullopt;
      const std::string_view view = pending_.view().substr(0, size);
      const bool at_end = pending_.size() <= size;
      std::size_t cut = view.size();
      if (!at_end) {
        cut = reader.LastEntry(view);
        if (cut == 0 && size < 2 * kLongestEntry) {
          size *= 2;  // an entry longer than a block
          continue;
        }
        if (cut == 0) {
          const std::size_t newline = view.rfind('\n');
          cut = newline == std::string_view::npos ? view.size() : newline + 1;
        }
      }
      const bool hold = options_.hold_last_entry || !result_.damage.ok();  // a whole copy has more of a cut entry
      if (at_end && hold) {
        cut = reader.LastEntry(view);
        held_.assign(view.substr(cut));
        pending_.SetSize(cut);
        if (cut == 0) return std::nullopt;
      }
      Block block;
      block.number = next_fetched_++;
      block.last = at_end && !hold;
      BlockBuffer rest = TakeSpareBuffer();
      rest.Assign(pending_.view().substr(cut));
      pending_.SetSize(cut);
      block.bytes = std::exchange(pending_, std::move(rest));
      return block;
    }
  }

  BlockBuffer TakeSpareBuffer() {
    const std::scoped_lock lock(mutex_);
    if (spare_buffers_.empty()) return {};
    BlockBuffer buffer = std::move(spare_buffers_.back());
    spare_buffers_.pop_back();
    return buffer;
  }

  void Work() {
    std::unique_ptr<LogReader> reader;
    std::size_t reader_format = 0;
    while (true) {
      std::optional<Block> block;
      {
        const std::scoped_lock source(source_mutex_);
        LogFormat format;
        {
          const std::scoped_lock lock(mutex_);
          if (!status_.ok() || done_) return;
          if (reader == nullptr || reader_format != formats_.size()) reader_format = formats_.size(), reader.reset();
          format = formats_.back();
        }
        if (reader == nullptr) reader = *MakeReader(format);  // it could be made before
        absl::StatusOr<std::optional<Block>> fetched = Fetch(*reader);
        const std::scoped_lock lock(mutex_);
        if (!fetched.ok()) {
          status_.Update(fetched.status());
        } else if (options_.cancelled && options_.cancelled()) {
          status_.Update(absl::CancelledError("reading the log was stopped"));
        } else if (!fetched->has_value()) {
          done_ = true;
        }
        if (!status_.ok() || done_) {
          changed_.notify_all();
          return;
        }
        block = std::move(*fetched);
      }
      block->tally = TakeSpare();
      block->end = reader->Read(block->bytes.view(), block->last, true,
                                [&](const LogRecord& record) { block->tally->Add(record); }, block->lines);
      block->tally->Finish();
      Deliver(*std::move(block));
    }
  }

  std::unique_ptr<BlockTally> TakeSpare() {
    {
      const std::scoped_lock lock(mutex_);
      if (!spare_.empty()) {
        std::unique_ptr<BlockTally> tally = std::move(spare_.back());
        spare_.pop_back();
        return tally;
      }
    }
    return handler_.make();
  }

  // Puts a block that was read into its place, and takes those whose turn it is, unless another thread does.
  void Deliver(Block block) {
    std::unique_lock lock(mutex_);
    const std::size_t number = block.number;
    const std::uint64_t cuts = cuts_;
    read_.emplace(number, std::move(block));
    changed_.notify_all();
    // Wait where too many blocks are ahead of the one that is to be taken next. When they are cut again there may never be
    // so many.
    changed_.wait(lock, [&] {
      return number < next_taken_ + static_cast<std::size_t>(options_.jobs) + 2 || cuts != cuts_ || !status_.ok();
    });
    while (!taking_ && status_.ok()) {
      const auto at = read_.find(next_taken_);
      if (at == read_.end()) break;
      taking_ = true;
      Block next = std::move(at->second);
      read_.erase(at);
      const std::size_t formats_before = formats_.size();
      lock.unlock();
      const absl::Status taken = Take(next);
      if (taken.ok() && formats_.size() != formats_before) PutBack();
      lock.lock();
      next.tally->Clear();
      spare_.push_back(std::move(next.tally));
      spare_buffers_.push_back(std::move(next.bytes));
      status_.Update(taken);
      ++next_taken_;
      taking_ = false;
      changed_.notify_all();
    }
  }

  // Makes all that was fetched behind the block that is being taken pending again.
  void PutBack() {
    const std::scoped_lock source(source_mutex_);  // nothing is fetched
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return read_.size() == next_fetched_ - next_taken_ - 1 || !status_.ok(); });
    if (!status_.ok()) return;
    std::string bytes;
    for (auto& [number, block] : read_) {
      bytes += block.bytes.view();
      block.tally->Clear();
      spare_.push_back(std::move(block.tally));
      spare_buffers_.push_back(std::move(block.bytes));
    }
    bytes += pending_.view();
    bytes += std::exchange(held_, {});
    pending_.Assign(bytes);
    read_.clear();
    ++cuts_;
    next_fetched_ = next_taken_ + 1;
    done_ = false;  // where other threads have seen the end, this one reads the rest
  }

  // In order, one block at a time.
  absl::Status Take(Block& block) {
    if (!carry_.empty() || block.end.other_format) return ReadAgain(block);
    handler_.take(*block.tally);
    result_.lines.Add(block.lines);
    result_.bytes += block.end.consumed;
    carry_.assign(block.bytes.view().substr(block.end.consumed));
    return absl::OkStatus();
  }

  // How `rest` is written, whose first lines are no entries in the present format. Many lines show more of a prefix
  // than few; but where the format changes again soon, most of them are of yet another one.
  std::optional<LogFormat> OtherFormat(std::string_view rest) const {
    const std::string_view next = FirstLines(rest, kOtherFormatRun);
    for (const std::string_view head : {rest.substr(0, kHeadBytes), next}) {
      absl::StatusOr<LogFormat> found = input_.detect(head);
      if (found.ok() && *found != formats_.back() && Explains(*found, next)) return *std::move(found);
    }
    return std::nullopt;
  }

  absl::Status ReadAgain(Block& block) {
    block.tally->Clear();
    const std::string text = absl::StrCat(carry_, ToAbsl(block.bytes.view()));
    const std::string_view view = text;
    carry_.clear();
    const auto add = [&](const LogRecord& record) { block.tally->Add(record); };
    std::size_t at = 0;
    int looks = 0;
    while (at < text.size()) {
      PGASSAY_ASSIGN_OR_RETURN(const std::unique_ptr<LogReader> reader, MakeReader(formats_.back()));
      const ReadEnd end = reader->Read(view.substr(at), block.last, looks < kMostLooks, add, result_.lines);
      at += end.consumed;
      if (!end.other_format) break;
      if (std::optional<LogFormat> other = OtherFormat(view.substr(at))) {
        const std::scoped_lock lock(mutex_);
        formats_.push_back(*std::move(other));
        ++result_.other_formats;
      } else {
        // Nothing fits better: these lines are counted as they are.
        ++looks;
        const std::string_view run = FirstLines(view.substr(at), kOtherFormatRun);
        at += reader->Read(run, true, false, add, result_.lines).consumed;
      }
    }
    block.tally->Finish();
    handler_.take(*block.tally);
    result_.bytes += at;
    carry_.assign(text, at);
    if (carry_.size() > kLongestEntry) {
      result_.lines.AddUnknown(UnknownKind::kTooLong, carry_);
      result_.bytes += carry_.size();
      carry_.clear();
    }
    return absl::OkStatus();
  }

  const ScanInput& input_;
  const ScanOptions& options_;
  const ScanHandler& handler_;

  std::mutex source_mutex_;  // taken before mutex_
  BlockBuffer pending_;      // read and not in a block yet
  bool ended_ = false;
  std::size_t next_fetched_ = 0;
  std::string held_;         // behind the last block

  std::mutex mutex_;
  std::condition_variable changed_;
  absl::Status status_;
  bool done_ = false;
  bool taking_ = false;
  std::size_t next_taken_ = 0;
  std::uint64_t cuts_ = 0;  // how often blocks were put back to be cut again
  std::map<std::size_t, Block> read_;
  std::vector<std::unique_ptr<BlockTally>> spare_;
  std::vector<BlockBuffer> spare_buffers_;
  std::vector<LogFormat> formats_;

  // Of the thread that takes.
  std::string carry_;  // the unfinished end of the block before
  ScanResult result_;
};

}  // namespace

absl::StatusOr<ScanResult> ScanLog(const ScanInput& input, const ScanOptions& options, const ScanHandler& handler) {
  return Scan(input, options, handler).Run();
}

}  // namespace pgassay::ingest
