// Blocks are read into buffers that are used again, the end of the last line included.
#include "io/block_source.h"

#include <gtest/gtest.h>

#include <string>

#include "base/memory.h"

namespace spelk::io {
namespace {

TEST(BlockSource, NeedsOneBufferForABlockThatEndsInALine) {
  std::string text;
  for (int i = 0; i < 3000; ++i) text += "{\"n\":" + std::to_string(i) + "}\n";
  MemoryBudget budget(1U << 20U);
  BlockOptions options;
  options.block_size = 10'000;
  options.budget = &budget;
  Input input;
  input.kind = Input::Kind::kMemory;
  input.memory = text;
  BlockSource source({input}, options);
  std::string read;
  for (;;) {
    const auto block = source.Next();
    ASSERT_TRUE(block.ok()) << block.status();
    if (!*block) break;
    read += (*block)->text;
  }
  EXPECT_EQ(read, text);
  EXPECT_LT(budget.peak(), 2 * options.block_size);
}

TEST(BlockSource, SaysWhatNeededTheMemory) {
  const std::string text = std::string(9'990, ' ') + "{\"n\":12345678901234567890}\n";
  MemoryBudget budget(1000);
  BlockOptions options;
  options.block_size = 10'000;
  options.budget = &budget;
  Input input;
  input.kind = Input::Kind::kMemory;
  input.memory = text;
  const auto block = BlockSource({input}, options).Next();
  ASSERT_FALSE(block.ok());
  EXPECT_NE(block.status().ToString().find("a block of input"), std::string::npos);
}

}  // namespace
}  // namespace spelk::io
