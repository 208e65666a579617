#include "pg/index_metapages.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/byte_reader.h"
#include "pg/probe_batch.h"

namespace pgassay::pg {
namespace {

constexpr std::size_t kPageSize = 8192;
constexpr std::size_t kContents = 24;                    // PageGetContents: behind the page's header
constexpr std::uint32_t kRangeMagic = 0xA8109CFA;        // BRIN_META_MAGIC
constexpr std::uint32_t kMaxPagesPerRange = 131072;      // of the storage parameter (reloptions.c)
constexpr std::size_t kInvertedFlags = kPageSize - 2;    // GinPageOpaqueData::flags
constexpr std::uint16_t kInvertedMeta = 1 << 3;          // GIN_META
constexpr std::int32_t kInvertedVersion = 2;             // GIN_CURRENT_VERSION; 1 of indexes from before 9.4
constexpr std::int64_t kMaxEntries = 1'000'000'000'000;  // of 2^32 pages, and far more than they hold

// Functions of extensions, each with its schema and its last argument's type, so that no other function of that name is
// called: a superuser's session must not run one that somebody put beside it. get_raw_page sees changes that are not on
// disk yet.
constexpr std::string_view kWays = R"sql(
WITH /* pgassay */ functions AS (
  SELECT e.extname, p.oid, p.proname, format('%I.%I', n.nspname, p.proname) AS name,
         format_type(p.proargtypes[p.pronargs - 1], NULL) AS type
  FROM pg_extension AS e
       JOIN pg_depend AS d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.deptype = 'e'
                              AND d.classid = 'pg_proc'::regclass
       JOIN pg_proc AS p ON p.oid = d.objid JOIN pg_namespace AS n ON n.oid = p.pronamespace
  WHERE has_function_privilege(p.oid, 'EXECUTE') AND has_schema_privilege(n.oid, 'USAGE')
    AND ((e.extname = 'pageinspect' AND p.proname = 'get_raw_page' AND p.pronargs = 2
          AND (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
      OR (e.extname = 'pgstattuple' AND p.proname = 'pgstatginindex' AND p.pronargs = 1))
)
SELECT (SELECT name FROM functions WHERE extname = 'pageinspect'),
       (SELECT type FROM functions WHERE extname = 'pageinspect'),
       has_function_privilege('pg_read_binary_file(text,bigint,bigint,boolean)', 'EXECUTE'),
       (SELECT name FROM functions WHERE extname = 'pgstattuple'),
       (SELECT type FROM functions WHERE extname = 'pgstattuple')
)sql";

struct ExtensionFunction {
  std::string name;  // with its schema; empty: not there
  std::string type;  // of its last argument
};

struct Ways {
  ExtensionFunction raw_page;
  bool binary_file = false;
  ExtensionFunction pending_pages;
};

absl::StatusOr<Ways> FindWays(Session& session) {
  const std::string question[] = {std::string(kWays)};
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, RunProbes(session, {}, question));
  if (!answers.front().ok() || answers.front()->empty()) return Ways();
  const Result& rows = *answers.front();
  return Ways{.raw_page = {rows.Text(0, 0), rows.Text(0, 1)},
              .binary_file = rows.Boolean(0, 2),
              .pending_pages = {rows.Text(0, 3), rows.Text(0, 4)}};
}

// Empty: there is no way to read it.
std::string PageSql(const Ways& ways, const Index& index) {
  if (!ways.raw_page.name.empty()) {
    return absl::StrCat("SELECT /* pgassay */ encode(", ways.raw_page.name, "(", QuoteLiteral(Quoted(index.name)),
                        "::text, 0::", ways.raw_page.type, "), 'hex')");
  }
  if (!ways.binary_file) return "";
  return absl::StrCat("SELECT /* pgassay */ encode(pg_read_binary_file(pg_relation_filepath(", index.oid.value,
                      "), 0, ", kPageSize, ", true), 'hex')");
}

std::string PendingSql(const Ways& ways, const Index& index) {
  if (ways.pending_pages.name.empty() || index.def.method != "gin") return "";
  return absl::StrCat("SELECT /* pgassay */ pending_pages FROM ", ways.pending_pages.name, "(", index.oid.value,
                      "::", ways.pending_pages.type, ")");
}

// Asks `sql` of each index for which it is not empty, and gives the one cell of each answer to `take`.
template <typename Sql, typename Take>
absl::Status Ask(Session& session, const ProbeOptions& options, const std::vector<Index*>& indexes, Sql sql,
                 Take take) {
  std::vector<Index*> asked;
  std::vector<std::string> statements;
  for (Index* const index : indexes) {
    const std::string statement = sql(*index);
    if (statement.empty()) continue;
    asked.push_back(index);
    statements.push_back(statement);
  }
  const std::vector<std::string> settings = {
      absl::StrCat("SET LOCAL lock_timeout = ", options.lock_timeout_ms),
      absl::StrCat("SET LOCAL statement_timeout = ", options.statement_timeout_ms)};
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, RunProbes(session, settings, statements));
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].ok() && !answers[i]->empty() && answers[i]->At(0, 0)) take(*asked[i], *answers[i]);
  }
  return absl::OkStatus();
}

}  // namespace

std::optional<RangeMap> ReadRangeMap(std::string_view page) {
  if (page.size() != kPageSize) return std::nullopt;
  ByteReader reader(page, kContents);
  if (reader.Unsigned32() != kRangeMagic) return std::nullopt;
  reader.Unsigned32();  // version
  const std::uint32_t pages_per_range = reader.Unsigned32();
  const std::uint32_t map_pages = reader.Unsigned32();
  if (pages_per_range < 1 || pages_per_range > kMaxPagesPerRange || map_pages > INT32_MAX) return std::nullopt;
  return RangeMap{.pages_per_range = static_cast<int>(pages_per_range), .map_pages = static_cast<int>(map_pages)};
}

std::optional<InvertedCounts> ReadInvertedCounts(std::string_view page) {
  if (page.size() != kPageSize) return std::nullopt;
  if ((ByteReader(page, kInvertedFlags).Unsigned16() & kInvertedMeta) == 0) return std::nullopt;
  InvertedCounts counts;
  ByteReader reader(page, kContents);
  reader.Unsigned(12);  // head, tail and room of the pending list
  counts.pending_pages = reader.Unsigned32();
  reader.Signed64();  // rows in it
  counts.total_pages = reader.Unsigned32();
  counts.entry_pages = reader.Unsigned32();
  counts.data_pages = reader.Unsigned32();
  reader.Unsigned32();  // padding
  counts.entries = reader.Signed64();
  const std::int32_t version = reader.Signed32();
  if (version < 1 || version > kInvertedVersion || counts.entries < 0 || counts.entries > kMaxEntries) {
    return std::nullopt;
  }
  return counts;
}

absl::Status ReadMetapages(Session& session, const ProbeOptions& options, Snapshot& snapshot) {
  std::vector<Index*> indexes;
  for (Index& index : snapshot.indexes) {
    if ((index.def.method == "brin" || index.def.method == "gin") && index.pages > 0) indexes.push_back(&index);
  }
  if (indexes.empty()) return absl::OkStatus();
  PGASSAY_ASSIGN_OR_RETURN(const Ways ways, FindWays(session));
  PGASSAY_RETURN_IF_ERROR(Ask(
      session, options, indexes, [&](const Index& index) { return PageSql(ways, index); },
      [](Index& index, const Result& answer) {
        const std::string page = BytesOfHex(answer.Text(0, 0));
        if (index.def.method == "brin") {
          index.range_map = ReadRangeMap(page);
        } else {
          index.inverted_counts = ReadInvertedCounts(page);
        }
      }));
  return Ask(
      session, options, indexes,
      [&](const Index& index) { return index.inverted_counts ? "" : PendingSql(ways, index); },
      [](Index& index, const Result& answer) {
        const std::int64_t pages = answer.Integer(0, 0);
        if (pages >= 0 && pages <= index.pages) index.inverted_counts = InvertedCounts{.pending_pages = pages};
      });
}

}  // namespace pgassay::pg
