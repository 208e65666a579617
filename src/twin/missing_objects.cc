#include "twin/missing_objects.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "pg/session.h"

namespace pgassay::twin {
namespace {

// A view on a view on a table whose type is missing: as far as chains of reasons are followed.
constexpr int kMostSteps = 4;

// Undefined table, schema, object (type, operator class, ...), function or operator; a column of an undefined type.
bool IsUndefined(const absl::Status& status) {
  const std::string state = pg::SqlState(status);
  return state == "42P01" || state == "3F000" || state == "42704" || state == "42883";
}

// Whether `text` has `name` as a whole word.
bool Mentions(std::string_view text, std::string_view name) {
  const auto is_word = [](char c) {
    return c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
  }
  return false;
}

// "a.b" as it stands in a message of the server, which quotes the whole and not the parts.
std::string InMessage(const QualifiedName& name) {
  return absl::StrCat(name.schema, ".", name.name);
}

}  // namespace

MissingObjects::MissingObjects(const Snapshot& snapshot, const Names& names, std::span<const NotRestored> not_restored)
    : major_version_(snapshot.server_version / 10000) {
  std::map<std::string, std::string> reasons;  // by InMessage
  for (const NotRestored& item : not_restored) {
    if (!item.extension.empty()) {
      extensions_.push_back({Printable(item.extension), Printable(item.reason), item.extension_refused});
    } else if (!item.object.name.empty()) {
      reasons.emplace(InMessage(item.object), Printable(item.reason));
    }
  }
  for (const Relation& relation : snapshot.relations) {
    if (names.ToTwin(relation.oid).value != 0) continue;
    const auto found = reasons.find(InMessage(relation.name));
    std::string reason = found != reasons.end() ? found->second : "its definition is not in the capture's schema";
    if (!relation.readable) {
      reason =
          "the role that made the capture may not SELECT from it, so the capture has no definition of it: grant it "
          "SELECT and capture again";
    }
    relations_[catalog::QuotedName(relation.name)] = std::move(reason);
  }
  for (const View& view : snapshot.views) {
    const auto found = reasons.find(InMessage(view.name));
    if (found != reasons.end()) relations_[catalog::QuotedName(view.name)] = found->second;
  }
  others_ = std::move(reasons);
}

std::string MissingObjects::WhyExtensions() const {
  std::string text;
  for (const MissingExtension& extension : extensions_) {
    absl::StrAppend(&text, "; the source's extension ", extension.name, " is not on it");
    if (extension.refused) {
      absl::StrAppend(&text, ", because pgassay loads only extensions that it knows to be harmless");
    } else {
      absl::StrAppend(&text, " (", extension.reason, "): install it for PostgreSQL ", major_version_,
                      " on this machine, on Debian mostly as package postgresql-", major_version_, "-", extension.name,
                      ", and run again");
    }
  }
  return text;
}

// Why an object could not be made, and what that in turn rests on.
std::string MissingObjects::WhyMade(const std::string& object, int depth) const {
  const auto found = others_.find(object);
  if (found == others_.end() || depth > kMostSteps) return "";
  std::string text = absl::StrCat("; ", Printable(object), " could not be made on the private server: ", found->second);
  for (const auto& [other, reason] : others_) {
    if (other != object && Mentions(found->second, other)) return text + WhyMade(other, depth + 1);
  }
  return text;
}

std::string MissingObjects::Explain(std::span<const std::string> relations, const absl::Status& status) const {
  if (!IsUndefined(status)) return "";
  std::string text;
  for (const std::string& relation : relations) {
    const auto found = relations_.find(relation);
    if (found == relations_.end()) continue;
    absl::StrAppend(&text, "; ", Printable(relation),
                    " is in the capture, but could not be made on the private server: ", found->second);
    for (const auto& [other, reason] : others_) {
      if (!Mentions(found->second, other)) continue;
      absl::StrAppend(&text, WhyMade(other, 1));
      break;
    }
  }
  const std::string message = std::string(status.message());
  for (const auto& [other, reason] : others_) {
    const std::string name = other.substr(other.find('.') + 1);
    if (text.empty() && Mentions(message, name)) text = WhyMade(other, 1);
  }
  const std::string state = pg::SqlState(status);
  // Without a missing relation, only what extensions define may be theirs.
  const bool of_extension = !text.empty() ? Mentions(text, "does not exist") : state == "42704" || state == "42883";
  if (of_extension) absl::StrAppend(&text, WhyExtensions());
  return text;
}

}  // namespace pgassay::twin
