// Budgets, and arenas that take from them.
#include "base/memory.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/arena.h"
#include "base/thread.h"

namespace spelk {
namespace {

TEST(MemoryBudget, WhoeverIsAskedMayRefuse) {
  int asked = 0;
  MemoryBudget budget(1000, 1, [&asked](size_t) { return ++asked != 2; });
  Reservation reservation(&budget);
  EXPECT_TRUE(reservation.Grow(10));
  EXPECT_FALSE(reservation.Grow(10));
  EXPECT_EQ(budget.used(), 10U);
  EXPECT_TRUE(reservation.Grow(10));
  EXPECT_EQ(asked, 3);
}

TEST(Arena, WhatLiesBesideItGoesWithIt) {
  MemoryBudget budget(10000);
  {
    Arena arena(&budget);
    EXPECT_TRUE(arena.Charge(500));
    EXPECT_NE(arena.Allocate(10), nullptr);
    EXPECT_EQ(budget.used(), 500U + 4096U);
    EXPECT_FALSE(arena.Charge(100000));
    EXPECT_TRUE(arena.exhausted());
    EXPECT_TRUE(absl::IsResourceExhausted(arena.status("a test")));
    arena.Reset();
    EXPECT_FALSE(arena.exhausted());
    EXPECT_EQ(budget.used(), 4096U);
  }
  EXPECT_EQ(budget.used(), 0U);
}

TEST(Arena, ThatExpectsLittleTakesLittle) {
  MemoryBudget budget(10000);
  Arena arena(&budget);
  arena.Expect(100);
  EXPECT_NE(arena.Allocate(60), nullptr);
  EXPECT_EQ(budget.used(), 100U);
  EXPECT_NE(arena.Allocate(60), nullptr);
  EXPECT_EQ(budget.used(), 300U);
}

TEST(Thread, RunsAndIsJoined) {
  std::atomic<int> runs{0};
  {
    absl::StatusOr<Thread> first = Thread::Start([&] { ++runs; });
    absl::StatusOr<Thread> second = Thread::Start([&] { ++runs; });
    ASSERT_TRUE(first.ok() && second.ok());
    Thread moved = std::move(*first);
    moved.Join();
    moved.Join();  // Once more does nothing.
  }
  EXPECT_EQ(runs, 2);
}

}  // namespace
}  // namespace spelk
