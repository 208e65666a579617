#include "pgassay/snapshot.h"

#include <algorithm>
#include <tuple>

namespace pgassay {
namespace {

template <typename Element>
const Element* FindByOid(const std::vector<Element>& elements, Oid oid) {
  const auto found = std::ranges::lower_bound(elements, oid, {}, &Element::oid);
  return found != elements.end() && found->oid == oid ? &*found : nullptr;
}

}  // namespace

const Relation* Snapshot::FindRelation(Oid oid) const {
  return FindByOid(relations, oid);
}

const Relation* Snapshot::FindRelation(const QualifiedName& name) const {
  const auto found = std::ranges::find(relations, name, &Relation::name);
  return found != relations.end() ? &*found : nullptr;
}

const Index* Snapshot::FindIndex(Oid oid) const {
  return FindByOid(indexes, oid);
}

const ColumnStatistics* Snapshot::FindStatistics(Oid relation, int column, bool inherited) const {
  const auto key = [](const ColumnStatistics& row) { return std::tuple(row.relation, row.column, row.inherited); };
  const std::tuple wanted(relation, column, inherited);
  const auto found = std::ranges::lower_bound(statistics, wanted, {}, key);
  return found != statistics.end() && key(*found) == wanted ? &*found : nullptr;
}

std::optional<std::string_view> Snapshot::FindSetting(std::string_view name) const {
  const auto found = std::ranges::find(settings, name, &Setting::name);
  if (found == settings.end()) return std::nullopt;
  return found->value;
}

const Role* Snapshot::FindRole(std::string_view name) const {
  const auto found = std::ranges::lower_bound(roles, name, {}, &Role::name);
  return found != roles.end() && found->name == name ? &*found : nullptr;
}

const Column* FindColumn(const Relation& relation, int number) {
  const auto found = std::ranges::find(relation.columns, number, &Column::number);
  return found != relation.columns.end() ? &*found : nullptr;
}

}  // namespace pgassay
