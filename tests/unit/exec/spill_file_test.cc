// Records on disk.
#include "exec/spill_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

namespace spelk::exec {
namespace {

std::vector<std::string> RecordsOf(SpillFile& file, absl::Status* status) {
  std::vector<std::string> records;
  SpillFile::Reader reader(file);
  for (;;) {
    std::string_view record;
    const absl::StatusOr<bool> more = reader.Next(&record);
    *status = more.status();
    if (!more.ok() || !*more) return records;
    records.emplace_back(record);
  }
}

TEST(SpillFile, RecordsComeBackInOrderWhateverTheirLength) {
  MemoryBudget budget(size_t{1} << 20U);
  const auto file = SpillFile::Create(std::filesystem::temp_directory_path(), &budget);
  ASSERT_TRUE(file.ok());
  std::vector<std::string> wanted;
  for (const size_t size : {0U, 1U, 127U, 128U, 70000U, 3U, 65535U, 65536U, 200000U, 5U}) {
    wanted.emplace_back(size, static_cast<char>('a' + size % 26));
    ASSERT_TRUE((*file)->Append(wanted.back()).ok());
  }
  EXPECT_EQ((*file)->records(), wanted.size());
  absl::Status status;
  EXPECT_EQ(RecordsOf(**file, &status), wanted);
  EXPECT_EQ(RecordsOf(**file, &status), wanted);  // As often as is wanted.
  EXPECT_TRUE(status.ok());
  EXPECT_GE(budget.peak(), 200000U);
  EXPECT_EQ(budget.used(), 0U);
}

TEST(SpillFile, LongRecordsAreReadOnlyWithinTheBudget) {
  MemoryBudget budget(size_t{100} << 10U);
  const auto file = SpillFile::Create(std::filesystem::temp_directory_path(), &budget);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE((*file)->Append("short").ok());
  ASSERT_TRUE((*file)->Append(std::string(200000, 'x')).ok());
  absl::Status status;
  EXPECT_EQ(RecordsOf(**file, &status).size(), 1U);
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status.ToString();
}

TEST(SpillFile, FolderThatIsNotThereIsNamed) {
  MemoryBudget budget(100);
  const auto file = SpillFile::Create("/no/such/folder", &budget);
  ASSERT_FALSE(file.ok());
  EXPECT_NE(file.status().ToString().find("/no/such/folder"), std::string::npos);
}

}  // namespace
}  // namespace spelk::exec
