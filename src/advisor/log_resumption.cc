#include "advisor/log_resumption.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "base/status_macros.h"
#include "ingest/log_input.h"
#include "workload/log_filter.h"

namespace pgassay {

std::optional<ingest::LogFormat> FormatAround(ingest::LogSource& source, std::uint64_t offset,
                                              const ingest::FormatHints& hints) {
  constexpr std::uint64_t kAround = std::uint64_t{64} << 10;
  const std::uint64_t begin = offset - std::min(offset, kAround);
  if (!source.seekable() || !source.SkipTo(begin).ok()) return std::nullopt;
  std::optional<ingest::LogFormat> found;
  if (absl::StatusOr<std::string_view> text = source.Peek(offset - begin + kAround); text.ok()) {
    const std::string_view fresh = text->substr(std::min<std::size_t>(text->size(), offset - begin));
    if (begin > 0) text->remove_prefix(std::min(text->find('\n'), text->size() - 1) + 1);
    const absl::StatusOr<ingest::LogFormat> format = ingest::DetectFormat(*text, hints);
    if (format.ok()) {
      const auto reader = ingest::MakeReader(*format);
      ingest::LineCounts counts;
      if (reader.ok())
        (*reader)->Read(
            fresh, true, false, [](const ingest::LogRecord&) {}, counts);
      // Else the server writes in another way now.
      const std::uint64_t foreign =
          counts.Unknown() - counts.unknown[static_cast<std::size_t>(ingest::UnknownKind::kOrphan)];
      if (foreign <= counts.entries) found = *format;
    }
  }
  return source.SkipTo(offset).ok() ? found : std::nullopt;
}

absl::StatusOr<workload::OpenWork> OpenBefore(ingest::LogSource& source, std::uint64_t offset,
                                              const std::optional<ingest::LogFormat>& format,
                                              const ingest::FormatHints& hints, const LogFilter& filter) {
  constexpr std::size_t kHead = std::size_t{64} << 10;
  const std::uint64_t begin = offset - std::min(offset, kLookedBack);
  workload::OpenWork open;
  if (!source.seekable() || !source.SkipTo(begin).ok()) return open;
  if (begin > 0 && format) {
    // Amid an entry, most likely: from one on that begins.
    const absl::StatusOr<std::unique_ptr<ingest::LogReader>> reader = ingest::MakeReader(*format);
    const absl::StatusOr<std::string_view> head = source.Peek(kHead);
    if (reader.ok() && head.ok()) {
      PGASSAY_RETURN_IF_ERROR(
          source.SkipTo(begin + std::min<std::uint64_t>(offset - begin, (*reader)->LastEntry(*head))));
    }
  }
  const ingest::ScanInput input{.read = [&](char* to, std::size_t size) -> absl::StatusOr<std::size_t> {
                                  const std::uint64_t left = offset - std::min(offset, source.offset());
                                  return left == 0 ? 0 : source.Read(to, std::min<std::uint64_t>(size, left));
                                },
                                .detect = [&](std::string_view head) -> absl::StatusOr<ingest::LogFormat> {
                                  if (format) return *format;
                                  return ingest::DetectFormat(head, hints);
                                }};
  workload::LogTotals totals;
  const ingest::ScanHandler handler{
      .make = [&] { return std::make_unique<TallyOfBlock>(filter.PassesAll() ? nullptr : &filter); },
      .take = [&](ingest::BlockTally& block) { totals.Take(static_cast<TallyOfBlock&>(block).tally); }};
  // Where this part cannot be read, nothing is known of it, and that was said when it was read.
  if (ingest::ScanLog(input, {}, handler).ok()) open = totals.Open();
  PGASSAY_RETURN_IF_ERROR(source.SkipTo(offset));
  return open;
}

workload::OpenWork OpenAt(const std::string& path, std::uint64_t offset, const ingest::FormatHints& hints,
                          const LogFilter& filter) {
  const absl::StatusOr<std::unique_ptr<ingest::LogInput>> input = ingest::LogInput::Open(path);
  if (!input.ok()) return {};
  const absl::StatusOr<ingest::LogSource*> source = (*input)->Next();
  if (!source.ok() || *source == nullptr || !(*source)->seekable() || !(*source)->SkipTo(offset).ok()) return {};
  auto open = OpenBefore(**source, offset, FormatAround(**source, offset, hints), hints, filter);
  return open.ok() ? *std::move(open) : workload::OpenWork();
}

workload::OpenWork ForOtherLogs(workload::OpenWork open) {
  constexpr std::size_t kMost = 10'000;
  const auto latest = [](auto& list, const auto& time_us) {
    if (list.size() <= kMost) return;
    std::ranges::stable_sort(list, std::greater(), time_us);
    list.resize(kMost);
  };
  latest(open.statements, [](const workload::OpenStatement& of) { return of.step.time_us; });
  for (workload::OpenStatement& of : open.statements) of.elsewhere = true;
  const auto told_us = [](const workload::OpenExecution& of) { return of.told.time_us; };
  latest(open.executions, told_us);
  std::ranges::stable_sort(open.executions, {}, told_us);
  open.prepared.clear();
  return open;
}

}  // namespace pgassay
