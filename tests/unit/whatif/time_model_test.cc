#include "whatif/time_model.h"

#include <cmath>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace pgassay::whatif {
namespace {

// Lookups, scans and sorts of different sizes, all of them cached: a hundredth of a millisecond each, a microsecond a
// block and four for each unit of other cost.
double TrueMs(const TimedPlan& plan) {
  return 0.01 + 0.001 * plan.pages + 0.004 * (plan.cost - plan.page_cost);
}

std::vector<TimedPlan> Plans(int count) {
  std::vector<TimedPlan> plans;
  for (int i = 0; i < count; ++i) {
    const double pages = std::pow(1.6, i % 14);
    const double cpu = pages * (0.1 + 0.35 * (i % 5));
    TimedPlan plan{.cost = pages + cpu, .page_cost = pages, .pages = pages, .blocks = {}, .tables = {Oid{1}}};
    plan.ms = TrueMs(plan);
    plans.push_back(plan);
  }
  return plans;
}

TEST(TimeModel, FindsTheRatesOfExactTimes) {
  const std::optional<TimeModel> model = TimeModel::Fit(Plans(40));
  ASSERT_TRUE(model.has_value());
  EXPECT_NEAR(model->weights().fixed, 0.01, 0.002);
  EXPECT_NEAR(model->weights().block, 0.001, 0.0002);
  EXPECT_NEAR(model->weights().cpu, 0.004, 0.0004);
  EXPECT_LT(model->error().median, 0.03);
  EXPECT_TRUE(model->good());
  TimedPlan asked{.cost = 900, .page_cost = 500, .pages = 500, .blocks = {}, .tables = {Oid{1}}};
  EXPECT_NEAR(model->Milliseconds(asked) / TrueMs(asked), 1, 0.05);
}

TEST(TimeModel, OutliersCountByTheirNumberNotByTheirSize) {
  std::vector<TimedPlan> plans = Plans(40);
  plans[3].ms *= 1000;
  plans[17].ms /= 500;
  plans[30].ms *= 80;
  const std::optional<TimeModel> model = TimeModel::Fit(plans);
  ASSERT_TRUE(model.has_value());
  EXPECT_LT(model->error().median, 0.15);
  const TimedPlan asked{.cost = 900, .page_cost = 500, .pages = 500, .blocks = {}, .tables = {Oid{1}}};
  EXPECT_NEAR(model->Milliseconds(asked) / TrueMs(asked), 1, 0.25);
}

TEST(TimeModel, FewPlansAreNoModel) {
  EXPECT_FALSE(TimeModel::Fit({}).has_value());
  EXPECT_FALSE(TimeModel::Fit(Plans(7)).has_value());
  EXPECT_TRUE(TimeModel::Fit(Plans(8)).has_value());
}

TEST(TimeModel, PlansWithoutCostOrTimeDoNotCount) {
  std::vector<TimedPlan> plans = Plans(9);
  plans[0].cost = 0;
  plans[1].ms = 0;
  EXPECT_FALSE(TimeModel::Fit(plans).has_value());
  plans = Plans(20);
  plans[5].ms = std::nan("");
  plans[6].cost = HUGE_VAL;
  const std::optional<TimeModel> model = TimeModel::Fit(plans);
  ASSERT_TRUE(model.has_value());
  EXPECT_EQ(model->error().plans, 18U);
}

TEST(TimeModel, TimesThatHaveNothingToDoWithCostsAreAPoorModel) {
  std::vector<TimedPlan> plans = Plans(40);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    plans[i].ms = std::pow(10, static_cast<double>((i * 7919) % 5));
    plans[i].tables = {Oid{static_cast<std::uint32_t>(i)}};
  }
  const std::optional<TimeModel> model = TimeModel::Fit(plans);
  ASSERT_TRUE(model.has_value());
  EXPECT_FALSE(model->good());
}

TEST(TimeModel, CachedAndReadBlocksAreToldApart) {
  std::vector<TimedPlan> plans = Plans(40);
  for (std::size_t i = 0; i < plans.size(); i += 4) {
    plans[i].blocks = plans[i].pages;
    plans[i].read_blocks = plans[i].pages;
    plans[i].ms += 0.1 * plans[i].pages;
  }
  const std::optional<TimeModel> model = TimeModel::Fit(plans);
  ASSERT_TRUE(model.has_value());
  EXPECT_TRUE(model->knows_reads());
  EXPECT_NEAR(model->weights().read, 0.1, 0.03);
  EXPECT_FALSE(TimeModel::Fit(Plans(40))->knows_reads());
}

TEST(TimeModel, TheServersClockOfReadsIsBelieved) {
  std::vector<TimedPlan> plans = Plans(40);
  plans[9].blocks = plans[9].pages;
  plans[9].read_blocks = plans[9].pages;
  plans[9].read_ms = 0.2 * plans[9].pages;
  plans[9].ms += plans[9].read_ms;
  const std::optional<TimeModel> model = TimeModel::Fit(plans);
  ASSERT_TRUE(model.has_value());
  EXPECT_NEAR(model->weights().read, 0.2, 1e-9);
  EXPECT_LT(model->error().median, 0.03);
}

TEST(TimeModel, StatementsOnTheSameTableHelpEachOther) {
  std::vector<TimedPlan> plans = Plans(60);
  for (std::size_t i = 0; i < plans.size(); i += 3) {
    plans[i].tables = {Oid{2}};
    plans[i].ms *= 2.5;  // wide rows
  }
  const std::optional<TimeModel> model = TimeModel::Fit(plans);
  ASSERT_TRUE(model.has_value());
  TimedPlan asked{.cost = 60, .page_cost = 40, .pages = 40, .blocks = {}, .tables = {Oid{2}}};
  const double wide = model->Milliseconds(asked);
  asked.tables = {Oid{1}};
  EXPECT_GT(wide / model->Milliseconds(asked), 1.5);
}

TEST(TimeModel, APlanInPlaceOfAnotherAsksForTheSameShareOfItsPages) {
  const TimedPlan before{.cost = 100, .page_cost = 80, .pages = 80, .blocks = 40, .read_blocks = 20, .tables = {}};
  const TimedPlan after = InPlaceOf(before, 12, 8, 8);
  EXPECT_EQ(after.blocks, 4);
  EXPECT_EQ(after.read_blocks, 2);
  EXPECT_EQ(InPlaceOf({.cost = 1, .pages = 1, .blocks = {}, .tables = {}}, 5, 4, 2).blocks, std::nullopt);
}

}  // namespace
}  // namespace pgassay::whatif
