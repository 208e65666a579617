#include "catalog/database_clauses.h"

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::catalog {

std::string DatabaseClauses(const Snapshot& snapshot, bool with_locale) {
  std::string sql = " TEMPLATE template0";
  if (!snapshot.encoding.empty()) absl::StrAppend(&sql, " ENCODING ", QuoteLiteral(snapshot.encoding));
  if (!with_locale) return absl::StrCat(sql, " LC_COLLATE 'C' LC_CTYPE 'C'");
  absl::StrAppend(&sql, " LC_COLLATE ", QuoteLiteral(snapshot.collate), " LC_CTYPE ", QuoteLiteral(snapshot.ctype));
  if (snapshot.locale_provider == "b" && !snapshot.icu_locale.empty()) {
    absl::StrAppend(&sql, " LOCALE_PROVIDER builtin BUILTIN_LOCALE ", QuoteLiteral(snapshot.icu_locale));
  }
  if (snapshot.locale_provider == "i" && !snapshot.icu_locale.empty()) {
    absl::StrAppend(&sql, " LOCALE_PROVIDER icu ICU_LOCALE ", QuoteLiteral(snapshot.icu_locale));
  }
  return sql;
}

}  // namespace pgassay::catalog
