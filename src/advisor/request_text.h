#pragma once

// An index request in a line for people.

#include <string>

#include "catalog/index_request.h"
#include "pgassay/snapshot.h"

namespace pgassay::advisor {

// "shop.orders: customer_id = value, placed_at range; order by placed_at DESC; first 20 rows; needs id, status". Never
// holds a literal.
std::string DescribeRequest(const catalog::IndexRequest& request, const Snapshot& snapshot);

}  // namespace pgassay::advisor
