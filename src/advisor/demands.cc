#include "advisor/demands.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "advisor/name_lookup.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"
#include "sql/object_name.h"
#include "sql/statement.h"
#include "whatif/btree_size.h"

namespace pgassay::advisor {
namespace {

// Names may be quoted, but nothing else of SQL has a word before a space that is CREATE.
bool IsStatement(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return false;
  const std::string_view rest = text.substr(begin);
  constexpr std::string_view kCreate = "create";
  return rest.size() > kCreate.size() && absl::StartsWithIgnoreCase(ToAbsl(rest), ToAbsl(kCreate)) &&
         std::string_view(" \t\r\n/-").find(rest[kCreate.size()]) != std::string_view::npos;
}

absl::Status Wrong(const std::string& option, std::string_view text, const absl::Status& status) {
  return Annotate(status, absl::StrCat(ToAbsl(option), " \"", Printable(text), "\""));
}

absl::StatusOr<twin::MeantIndex> ReadIndex(const std::string& sql, const Snapshot& snapshot, twin::Twin& twin) {
  PGASSAY_ASSIGN_OR_RETURN(const sql::IndexStatement statement, sql::ExamineIndexStatement(sql));
  if (!statement.create) return absl::InvalidArgumentError("not a CREATE INDEX statement");
  // The server would not say what is near to a mistyped name.
  PGASSAY_RETURN_IF_ERROR(FindTable(statement.table, snapshot).status());
  return twin.ReadIndexStatement(sql);
}

// The usable index that does the same work already; nullptr if there is none.
const Index* FindExisting(const IndexDef& def, const Snapshot& snapshot) {
  const auto found = std::ranges::find_if(snapshot.indexes, [&](const Index& index) {
    return index.valid && index.ready && catalog::SameWork(index.def, def);
  });
  return found == snapshot.indexes.end() ? nullptr : &*found;
}

double FractionOf(const twin::MeantIndex& index, const Snapshot& snapshot) {
  double held = 0, all = 0;
  for (std::size_t i = 0; i < index.parts.size(); ++i) {
    const Relation* const table = snapshot.FindRelation(index.parts[i].table);
    if (table == nullptr) continue;
    held += index.rows[i];
    all += whatif::EstimateTuples(*table);
  }
  return !index.def.predicate.empty() && all > 0 ? std::clamp(held / all, 0.0, 1.0) : 1;
}

absl::StatusOr<Pin> ReadPin(const std::string& sql, const Snapshot& snapshot, twin::Twin& twin) {
  PGASSAY_ASSIGN_OR_RETURN(const twin::MeantIndex index, ReadIndex(sql, snapshot, twin));
  if (index.def.unique) {
    return absl::InvalidArgumentError(
        "a unique index is a rule for the data, and whether they keep it is not known here: build it and capture "
        "again, "
        "or pin the index without UNIQUE");
  }
  if (const Index* const existing = FindExisting(index.def, snapshot)) {
    return absl::InvalidArgumentError(
        absl::StrCat(Printable(catalog::QuotedName(existing->name)), " is this index already; --keep keeps it"));
  }
  return Pin{.sql = sql, .def = index.def, .fraction = FractionOf(index, snapshot)};
}

absl::StatusOr<std::vector<Pin>> ReadPins(const std::string& text, const Snapshot& snapshot, twin::Twin& twin) {
  std::vector<Pin> pins;
  const absl::StatusOr<std::vector<sql::Piece>> pieces = sql::Split(text);
  if (!pieces.ok()) return Wrong("--pin", text, pieces.status());
  if (pieces->empty()) return absl::InvalidArgumentError("--pin: no statement");
  for (const sql::Piece& piece : *pieces) {
    const std::string sql = text.substr(piece.begin, piece.end - piece.begin);
    absl::StatusOr<Pin> pin = ReadPin(sql, snapshot, twin);
    if (!pin.ok()) return Wrong("--pin", sql, pin.status());
    pins.push_back(*std::move(pin));
  }
  return pins;
}

absl::StatusOr<Ban> ReadBan(const std::string& text, const Snapshot& snapshot, twin::Twin& twin) {
  Ban ban{.text = text, .def = std::nullopt, .table = {}, .columns = {}};
  if (IsStatement(text)) {
    PGASSAY_ASSIGN_OR_RETURN(twin::MeantIndex index, ReadIndex(text, snapshot, twin));
    ban.text = catalog::Describe(index.def, snapshot);
    ban.table = index.def.table;
    ban.def = std::move(index.def);
    return ban;
  }
  PGASSAY_ASSIGN_OR_RETURN(sql::ObjectName name, sql::ParseObjectName(text));
  PGASSAY_ASSIGN_OR_RETURN(const Relation* const table, FindTable(name.name, snapshot));
  for (const std::string& column : name.columns) PGASSAY_RETURN_IF_ERROR(FindColumn(column, *table).status());
  ban.table = table->oid;
  ban.columns = std::move(name.columns);
  return ban;
}

// Columns by their names, which partitions share, those of lower(c) and upper(c) included.
bool HasColumn(const IndexDef& def, const std::vector<std::string>& names, const Snapshot& snapshot) {
  const Relation* const table = snapshot.FindRelation(def.table);
  if (table == nullptr) return false;
  const auto is_named = [&](int number) {
    const Column* const column = pgassay::FindColumn(*table, number);
    return column != nullptr && std::ranges::find(names, column->name) != names.end();
  };
  return std::ranges::any_of(def.include, is_named) || std::ranges::any_of(def.keys, [&](const IndexKey& key) {
           return is_named(key.column != 0 ? key.column : catalog::FoldedColumn(key, *table));
         });
}

}  // namespace

absl::StatusOr<Demands> ReadDemands(const AdviseOptions& options, const Snapshot& snapshot, twin::Twin& twin) {
  Demands demands{.pins = {}, .bans = {}, .keep_all = options.keep_existing, .kept = {}};
  for (const std::string& text : options.forbidden) {
    absl::StatusOr<Ban> ban = ReadBan(text, snapshot, twin);
    if (!ban.ok()) return Wrong("--forbid", text, ban.status());
    demands.bans.push_back(*std::move(ban));
  }
  for (const std::string& text : options.pinned) {
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<Pin> pins, ReadPins(text, snapshot, twin));
    for (const Pin& pin : pins) {
      const auto ban = std::ranges::find_if(demands.bans, [&](const Ban& of) { return Bans(of, pin.def, snapshot); });
      if (ban != demands.bans.end()) {
        return Wrong("--pin", pin.sql,
                     absl::InvalidArgumentError(absl::StrCat("--forbid \"", Printable(ban->text), "\" forbids it")));
      }
      demands.pins.push_back(pin);
    }
  }
  for (const std::string& text : options.kept) {
    absl::StatusOr<const Index*> index = FindIndex(text, snapshot);
    if (!index.ok()) return Wrong("--keep", text, index.status());
    demands.kept.insert((*index)->oid);
  }
  return demands;
}

bool Bans(const Ban& ban, const IndexDef& def, const Snapshot& snapshot) {
  if (ban.def) return catalog::SameWork(*ban.def, def);
  if (ban.table != def.table) {
    const std::vector<Oid> banned = catalog::IndexedTables(snapshot, ban.table);
    const std::vector<Oid> indexed = catalog::IndexedTables(snapshot, def.table);
    if (std::ranges::find_first_of(banned, indexed) == banned.end()) return false;
  }
  return ban.columns.empty() || HasColumn(def, ban.columns, snapshot);
}

whatif::IndexSet AddPins(const Demands& demands, std::vector<catalog::Candidate>& candidates) {
  whatif::IndexSet pinned;
  for (const Pin& pin : demands.pins) {
    auto found = std::ranges::find_if(
        candidates, [&](const catalog::Candidate& candidate) { return catalog::SameWork(candidate.def, pin.def); });
    if (found == candidates.end()) {
      candidates.push_back({.id = {static_cast<std::uint32_t>(candidates.size())},
                            .def = pin.def,
                            .origins = {},
                            .fraction = pin.fraction});
      found = candidates.end() - 1;
    }
    pinned = pinned.With(found->id);
  }
  return pinned;
}

whatif::IndexSet Banned(const Demands& demands, const std::vector<catalog::Candidate>& candidates,
                        const Snapshot& snapshot) {
  whatif::IndexSet banned;
  for (const catalog::Candidate& candidate : candidates) {
    const auto bans = [&](const Ban& ban) { return Bans(ban, candidate.def, snapshot); };
    if (std::ranges::any_of(demands.bans, bans)) banned = banned.With(candidate.id);
  }
  return banned;
}

}  // namespace pgassay::advisor
