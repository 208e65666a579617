#include "store/loop_rows.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "store/insert_rows.h"
#include "store/loop_fields.h"
#include "store/read_rows.h"

namespace pgassay::store {
namespace {

absl::Status WriteStatements(const Database& database, const LoopTally& loops) {
  PGASSAY_ASSIGN_OR_RETURN(auto rows, Inserter<LoopStatementRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto tags, Inserter<LoopStatementTagRow>::Make(database, kNoCapture));
  int number = 0;
  for (const auto& [statement, from] : loops.statements) {
    PGASSAY_RETURN_IF_ERROR(rows.Insert({++number, statement.first, statement.second, from.text}));
    for (const std::string& tag : from.tags) PGASSAY_RETURN_IF_ERROR(tags.Insert({number, tag}));
  }
  return absl::OkStatus();
}

absl::Status WriteLoopRows(const Database& database, const LoopTally& loops) {
  PGASSAY_ASSIGN_OR_RETURN(auto rows, Inserter<LoopRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto examples, Inserter<LoopExampleRow>::Make(database, kNoCapture));
  int number = 0;
  for (const auto& [key, stats] : loops.loops) {
    PGASSAY_RETURN_IF_ERROR(rows.Insert({++number, key, stats}));
    int position = 0;
    for (const LoopExample& example : stats.examples)
      PGASSAY_RETURN_IF_ERROR(examples.Insert({number, ++position, example}));
  }
  return absl::OkStatus();
}

absl::Status WriteCounts(const Database& database, const LoopTally& loops) {
  PGASSAY_ASSIGN_OR_RETURN(auto calls, Inserter<LoopCallsRow>::Make(database, kNoCapture));
  for (const auto& [statement, count] : loops.calls)
    PGASSAY_RETURN_IF_ERROR(calls.Insert({statement.first, statement.second, count}));
  PGASSAY_ASSIGN_OR_RETURN(auto suppressed, Inserter<LoopSuppressedRow>::Make(database, kNoCapture));
  for (const auto& [what, count] : loops.suppressed) {
    const auto& [statement, reason] = what;
    PGASSAY_RETURN_IF_ERROR(suppressed.Insert({statement.first, statement.second, reason, count}));
  }
  return absl::OkStatus();
}

void CopyTotal(const LoopTally& from, LoopTally& to) {
  to.events = from.events;
  to.failed = from.failed;
  to.sessions_closed_early = from.sessions_closed_early;
  to.not_watched = from.not_watched;
  to.first_us = from.first_us;
  to.last_us = from.last_us;
}

absl::Status WriteTotal(const Database& database, const LoopTally& loops) {
  PGASSAY_ASSIGN_OR_RETURN(auto rows, Inserter<LoopTotalRow>::Make(database, kNoCapture));
  LoopTotalRow row{.number = 1};
  CopyTotal(loops, row.value);
  return rows.Insert(row);
}

// Appends an element whose number is due and whose key is behind that of the last one, and notes where it is: other
// tables name it by its number.
template <typename Map>
bool AppendNumbered(Map& map, std::vector<typename Map::mapped_type*>& numbered, int number,
                    typename Map::value_type&& element) {
  if (!map.empty() && !(map.rbegin()->first < element.first)) return false;
  if (number < 1 || numbered.size() + 1 != static_cast<std::size_t>(number)) return false;
  numbered.push_back(&map.insert(map.end(), std::move(element))->second);
  return true;
}

// The element with a number from 1; nullptr where there is none.
template <typename Element>
Element* Numbered(const std::vector<Element*>& numbered, int number) {
  const auto at = static_cast<std::size_t>(number) - 1;
  return number >= 1 && at < numbered.size() ? numbered[at] : nullptr;
}

absl::Status ReadStatements(const Database& database, LoopTally& loops) {
  std::vector<LoopStatement*> numbered;
  PGASSAY_RETURN_IF_ERROR(ReadRows<LoopStatementRow>(database, kNoCapture, [&](LoopStatementRow&& row) {
    return AppendNumbered(loops.statements, numbered, row.number,
                          {{std::move(row.owner), row.shape}, {.text = std::move(row.text)}});
  }));
  return ReadRows<LoopStatementTagRow>(database, kNoCapture, [&](LoopStatementTagRow&& row) {
    LoopStatement* to = Numbered(numbered, row.of);
    return to != nullptr && to->tags.insert(std::move(row.tag)).second;
  });
}

absl::Status ReadLoopRows(const Database& database, LoopTally& loops) {
  std::vector<LoopStats*> numbered;
  PGASSAY_RETURN_IF_ERROR(ReadRows<LoopRow>(database, kNoCapture, [&](LoopRow&& row) {
    return AppendNumbered(loops.loops, numbered, row.number, {std::move(row.key), std::move(row.value)});
  }));
  return ReadRows<LoopExampleRow>(database, kNoCapture, [&](LoopExampleRow&& row) {
    LoopStats* to = Numbered(numbered, row.of);
    return to != nullptr && AppendAt(to->examples, row.position, row.value);
  });
}

absl::Status ReadCounts(const Database& database, LoopTally& loops) {
  PGASSAY_RETURN_IF_ERROR(ReadRows<LoopCallsRow>(database, kNoCapture, [&](LoopCallsRow&& row) {
    return loops.calls.try_emplace({std::move(row.owner), row.shape}, row.calls).second;
  }));
  return ReadRows<LoopSuppressedRow>(database, kNoCapture, [&](LoopSuppressedRow&& row) {
    return loops.suppressed.try_emplace({{std::move(row.owner), row.shape}, row.reason}, row.loops).second;
  });
}

absl::Status ReadTotal(const Database& database, LoopTally& loops) {
  return ReadRows<LoopTotalRow>(database, kNoCapture, [&](LoopTotalRow&& row) {
    CopyTotal(row.value, loops);
    return row.number == 1;
  });
}

absl::Status WriteOpenSessions(const Database& database, const LoopTally& loops) {
  PGASSAY_ASSIGN_OR_RETURN(auto rows, Inserter<OpenSessionRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto statements, Inserter<OpenStatementRow>::Make(database, kNoCapture));
  PGASSAY_ASSIGN_OR_RETURN(auto tags, Inserter<OpenStatementTagRow>::Make(database, kNoCapture));
  int number = 0;
  for (const OpenLoopSession& session : loops.open) {
    PGASSAY_RETURN_IF_ERROR(rows.Insert({++number, session}));
    int position = 0;
    for (const OpenLoopStatement& statement : session.statements) {
      PGASSAY_RETURN_IF_ERROR(statements.Insert({number, ++position, statement}));
      for (const std::string& tag : statement.described.tags)
        PGASSAY_RETURN_IF_ERROR(tags.Insert({number, position, tag}));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadOpenSessions(const Database& database, LoopTally& loops) {
  const auto at = [&](int number) {
    const auto index = static_cast<std::size_t>(number) - 1;
    return number >= 1 && index < loops.open.size() ? &loops.open[index] : nullptr;
  };
  PGASSAY_RETURN_IF_ERROR(ReadRows<OpenSessionRow>(database, kNoCapture, [&](OpenSessionRow&& row) {
    return AppendAt(loops.open, row.number, std::move(row.value));
  }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<OpenStatementRow>(database, kNoCapture, [&](OpenStatementRow&& row) {
    OpenLoopSession* const to = at(row.of);
    return to != nullptr && AppendAt(to->statements, row.position, std::move(row.value));
  }));
  return ReadRows<OpenStatementTagRow>(database, kNoCapture, [&](OpenStatementTagRow&& row) {
    OpenLoopSession* const to = at(row.of);
    const auto index = static_cast<std::size_t>(row.position) - 1;
    if (to == nullptr || row.position < 1 || index >= to->statements.size()) return false;
    return to->statements[index].described.tags.insert(std::move(row.tag)).second;
  });
}

absl::Status WriteLoops(const Database& database, const LoopTally& loops) {
  const absl::Status removed =
      RemoveAll<LoopStatementTagRow, LoopStatementRow, LoopExampleRow, LoopRow, LoopCallsRow, LoopSuppressedRow,
                LoopTotalRow, OpenStatementTagRow, OpenStatementRow, OpenSessionRow>(database);
  PGASSAY_RETURN_IF_ERROR(removed);
  PGASSAY_RETURN_IF_ERROR(WriteStatements(database, loops));
  PGASSAY_RETURN_IF_ERROR(WriteLoopRows(database, loops));
  PGASSAY_RETURN_IF_ERROR(WriteCounts(database, loops));
  PGASSAY_RETURN_IF_ERROR(WriteOpenSessions(database, loops));
  return WriteTotal(database, loops);
}

absl::Status ReadLoops(const Database& database, LoopTally& loops) {
  PGASSAY_RETURN_IF_ERROR(ReadStatements(database, loops));
  PGASSAY_RETURN_IF_ERROR(ReadLoopRows(database, loops));
  PGASSAY_RETURN_IF_ERROR(ReadCounts(database, loops));
  return ReadTotal(database, loops);
}

}  // namespace pgassay::store
