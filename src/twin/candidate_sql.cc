#include "twin/candidate_sql.h"

#include <charconv>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::twin {

// Collation and operator class only where they are not the default, as in IndexKey. Run with search_path = pg_catalog,
// so that names of other schemas come out qualified.
const std::string_view kMadeIndexSql = R"(
  SELECT i.indexrelid, i.indrelid, am.amname, i.indisunique,
         CASE WHEN i.indpred IS NULL THEN '' ELSE pg_get_expr(i.indpred, i.indrelid) END,
         k.position, k.position <= i.indnkeyatts, i.indkey[k.position - 1],
         CASE WHEN i.indkey[k.position - 1] = 0 THEN pg_get_indexdef(i.indexrelid, k.position::int, false) ELSE '' END,
         k.position <= i.indnkeyatts AND (i.indoption[k.position - 1] & 1) = 1,
         k.position <= i.indnkeyatts AND (i.indoption[k.position - 1] & 2) = 2,
         CASE WHEN k.position <= i.indnkeyatts AND oc.opcdefault IS FALSE
              THEN quote_ident(ocn.nspname) || '.' || quote_ident(oc.opcname) ELSE '' END,
         CASE WHEN k.position <= i.indnkeyatts AND i.indcollation[k.position - 1] <> 0
                   AND i.indcollation[k.position - 1] <> coalesce(a.attcollation, i.indcollation[k.position - 1])
              THEN quote_ident(cn.nspname) || '.' || quote_ident(co.collname) ELSE '' END,
         (SELECT o.option_value FROM pg_options_to_table(c.reloptions) AS o
          WHERE am.amname = 'brin' AND o.option_name = 'pages_per_range' AND o.option_value <> '128')
  FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_am am ON am.oid = c.relam
  CROSS JOIN LATERAL generate_series(1, i.indnatts) AS k(position)
  LEFT JOIN pg_opclass oc ON k.position <= i.indnkeyatts AND oc.oid = i.indclass[k.position - 1]
  LEFT JOIN pg_namespace ocn ON ocn.oid = oc.opcnamespace
  LEFT JOIN pg_collation co ON k.position <= i.indnkeyatts AND co.oid = i.indcollation[k.position - 1]
  LEFT JOIN pg_namespace cn ON cn.oid = co.collnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.position - 1] AND a.attnum > 0
  WHERE i.indexrelid = (SELECT max(x.oid) FROM pg_class x WHERE x.relkind IN ('i', 'I') AND x.oid::int8 > $1::int8
                                                            AND NOT x.relispartition
                                                            AND x.relnamespace <> 'pg_toast'::regnamespace)
  ORDER BY k.position
)";

std::string CandidateName(CandidateId candidate, std::size_t part) {
  return absl::StrCat("pgassay_candidate_", candidate.value, part == 0 ? "" : absl::StrCat("_", part));
}

std::string SetSearchPathSql(const Snapshot& snapshot) {
  return absl::StrCat("SELECT pg_catalog.set_config('search_path', ",
                      QuoteLiteral(snapshot.FindSetting("search_path").value_or("public")), ", false)");
}

absl::StatusOr<IndexDef> ReadMadeIndex(const pg::Result& rows, const Names& names) {
  IndexDef def;
  def.table = names.ToSource(TwinOid{static_cast<std::uint32_t>(rows.Integer(0, 1))});
  if (def.table.value == 0) return absl::InvalidArgumentError("its table is not in the capture");
  def.method = rows.Text(0, 2);
  def.unique = rows.Boolean(0, 3);
  def.predicate = rows.Text(0, 4);
  def.pages_per_range = static_cast<int>(rows.Integer(0, 13));
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const int twin_column = static_cast<int>(rows.Integer(row, 7));
    const int column = twin_column == 0 ? 0 : names.ColumnToSource(def.table, twin_column);
    if (twin_column != 0 && column == 0) return absl::InvalidArgumentError("one of its columns is not in the capture");
    if (!rows.Boolean(row, 6)) {
      def.include.push_back(column);
      continue;
    }
    IndexKey key;
    key.column = column;
    key.expression = rows.Text(row, 8);
    key.descending = rows.Boolean(row, 9);
    key.nulls_first = rows.Boolean(row, 10);
    key.opclass = rows.Text(row, 11);
    key.collation = rows.Text(row, 12);
    def.keys.push_back(std::move(key));
  }
  return def;
}

double RowsOfExplain(std::string_view line, double fallback) {
  const std::size_t at = line.find(" rows=");
  if (at == std::string_view::npos) return fallback;
  double rows = fallback;
  const std::string_view rest = line.substr(at + 6);
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), rows);
  return error == std::errc() && end != rest.data() ? rows : fallback;
}

}  // namespace pgassay::twin
