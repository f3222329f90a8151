// Paths with any member, marks, the window that is read at least, faults and nesting.
#include "io/json_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "io/block_source.h"
#include "io/json_flattener.h"

namespace spelk::io {
namespace {

class JsonReaderTest : public testing::Test {
 protected:
  void Read(std::vector<PathTree::Name> names, PathTree::Options options, std::string text) {
    tree_ = std::make_unique<PathTree>(names, options);
    reader_ = std::make_unique<JsonReader>(*tree_, nullptr);
    slots_.assign(names.size(), RawValue());
    text_ = std::move(text);
    const size_t size = text_.size();
    text_.append(kSlack, ' ');
    verdict_ = reader_->Read(std::string_view(text_).substr(0, size), slots_, &faulty_);
  }
  std::string Slot(size_t index) const {
    return slots_[index].kind == RawKind::kAbsent ? "-" : std::string(slots_[index].text());
  }

  std::unique_ptr<PathTree> tree_;
  std::unique_ptr<JsonReader> reader_;
  std::string text_;
  std::vector<RawValue> slots_;
  LineVerdict verdict_ = LineVerdict::kBlank;
  bool faulty_ = false;
};

const std::string kAnyField = "u." + std::string(PathTree::kAny) + ".x";

TEST_F(JsonReaderTest, AnyMember) {
  Read({{kAnyField, false, true}, {"u.b.x"}}, {}, R"({"u":{"a":{"x":1}}})");
  EXPECT_EQ(Slot(0), "1");
  EXPECT_EQ(Slot(1), "-");
  // A member with a name of its own is one of any, too.
  Read({{kAnyField, false, true}, {"u.b.x"}}, {}, R"({"u":{"b":{"x":2},"a":{"x":3}}})");
  EXPECT_EQ(Slot(0), "2");
  EXPECT_EQ(Slot(1), "2");
  Read({{kAnyField, false, true}}, {}, R"({"u":{"a":{"y":1},"b":{"x":"é"}}})");
  EXPECT_EQ(Slot(0), "é");
  // Without the flag the piece is a name.
  Read({{kAnyField}}, {}, R"({"u":{"a":{"x":1}}})");
  EXPECT_EQ(Slot(0), "-");
}

TEST_F(JsonReaderTest, Marks) {
  PathTree::Options options;
  options.marks = {"a", "n.m", "z"};
  options.window = 2;
  Read({{"a"}}, options, R"({"b":1,"a":null,"n":{"m":{}},"q":0})");
  EXPECT_EQ(reader_->marks(), 3U);
  EXPECT_EQ(reader_->marks_in_window(), 1U);
  EXPECT_EQ(reader_->members_in_window(), std::nullopt);
  Read({{"a"}}, options, R"({"n.m":1,"z":[1]})");
  EXPECT_EQ(reader_->marks(), 6U);
  EXPECT_EQ(reader_->members_in_window(), 2U);
  Read({{"a"}}, options, R"({"n":5})");
  EXPECT_EQ(reader_->marks(), 0U);
}

TEST_F(JsonReaderTest, ReadsTheWindowEvenIfNothingIsWanted) {
  PathTree::Options options;
  options.required = 1;
  options.marks = {"z"};
  options.window = 3;
  Read({{"a"}, {"c"}}, options, R"({"a":1,"b":2,"z":3,"c":4})");
  EXPECT_EQ(reader_->marks_in_window(), 1U);
  EXPECT_EQ(Slot(1), "-");  // Reading stopped.
  options.window = 0;
  Read({{"a"}, {"z"}}, options, R"({"a":1,"z":3})");
  EXPECT_EQ(Slot(1), "-");
  options.required = 0;
  options.window = 3;
  Read({}, options, R"({"q":{"z":1},"z":3})");
  EXPECT_EQ(reader_->marks(), 1U);
  EXPECT_EQ(reader_->members_in_window(), 2U);
  EXPECT_FALSE(faulty_);
  // Faults count where they are met.
  Read({}, options, R"({"q":1,"z":nul})");
  EXPECT_TRUE(faulty_);
  EXPECT_EQ(verdict_, LineVerdict::kEvent);
}

TEST_F(JsonReaderTest, ALineIsOneObjectOrNone) {
  for (const char* line : {R"({"a":1}})", R"({"a":1} {"a":2})", R"({"a":1},)", R"({"a":1)",
                           R"([{"a":1}])", R"({"a":1}x)", R"({"a":[1}}})", R"({}{})"}) {
    for (const char* name : {"a", "b"}) {
      PathTree::Options options;
      options.required = 1;
      Read({{name}}, options, line);
      EXPECT_EQ(verdict_, LineVerdict::kNotOneObject) << line;
    }
  }
}

TEST_F(JsonReaderTest, TakesOfAnArrayWhatStandsBeforeAFault) {
  Read({{"a{}"}, {"b"}}, {}, R"({"a":[1,{"q":2,"r":fal},3],"b":1})");
  EXPECT_EQ(Slot(0), R"([1,{"q":2,"r":)");
  EXPECT_EQ(slots_[0].open, 2);
  EXPECT_EQ(Slot(1), "-");
  EXPECT_TRUE(faulty_);
  // Even if nothing else is wanted.
  PathTree::Options options;
  options.required = 1;
  Read({{"a{}"}}, options, R"({"a":[1,tru],"b":1})");
  EXPECT_EQ(Slot(0), "[1,");
  EXPECT_TRUE(faulty_);
}

// Objects in objects, `levels` of them below the outermost, then a member b of that.
std::string Deep(int levels) {
  std::string text = R"({"a":)";
  for (int i = 0; i < levels; ++i) text += i % 2 == 0 ? R"({"x":)" : "[";
  text += "1";
  for (int i = levels; i-- > 0;) text += i % 2 == 0 ? "}" : "]";
  return text + R"(,"b":1})";
}

TEST_F(JsonReaderTest, NestingHasALimitForEveryReader) {
  for (const char* name : {"b", "a.x{}.x", "a{}"}) {
    Read({{name}, {"b"}}, {}, Deep(kMaxJsonDepth));
    EXPECT_EQ(Slot(1), "1") << name;
    EXPECT_FALSE(faulty_) << name;
    Read({{name}, {"b"}}, {}, Deep(kMaxJsonDepth + 1));
    EXPECT_EQ(Slot(1), "-") << name;
    EXPECT_TRUE(faulty_) << name;
  }
}

TEST_F(JsonReaderTest, FlatteningHasTheSameLimit) {
  struct Names final : FieldVisitor {
    void Take(std::string_view name, const RawValue&, uint32_t) override { all.emplace_back(name); }
    std::vector<std::string> all;
  };
  for (const int levels : {kMaxJsonDepth, kMaxJsonDepth + 1}) {
    Names names;
    std::string text = Deep(levels);
    const size_t size = text.size();
    text.append(kSlack, ' ');
    bool faulty = false;
    JsonFlattener(nullptr).Flatten(std::string_view(text).substr(0, size), names, &faulty);
    EXPECT_EQ(faulty, levels > kMaxJsonDepth);
    EXPECT_EQ(names.all.size(), levels > kMaxJsonDepth ? 0U : 2U);
  }
}

// What one reader that has seen the lines before finds must be what a new one finds.
class LinesTest : public testing::Test {
 protected:
  static std::string Reads(JsonReader& reader, const PathTree& tree, std::string line) {
    std::vector<RawValue> slots(tree.size());
    const size_t size = line.size();
    line.append(kSlack, ' ');
    bool faulty = false;
    reader.SlotsChanged();
    const LineVerdict verdict = reader.Read(std::string_view(line).substr(0, size), slots, &faulty);
    std::string text = std::string(Describe(verdict));
    if (verdict != LineVerdict::kEvent) return text;
    std::vector<uint32_t> filled;
    for (uint32_t slot = 0; slot < slots.size(); ++slot) {
      if (slots[slot].kind != RawKind::kAbsent) filled.push_back(slot);
      text += "|" + std::string(slots[slot].text());
    }
    std::vector<uint32_t> told = reader.filled();
    std::sort(told.begin(), told.end());
    EXPECT_EQ(told, filled) << line;
    return text + (faulty ? "|faulty|" : "|") + std::to_string(reader.marks());
  }

  void Compare(const std::vector<std::string>& lines) {
    JsonReader one(tree_, nullptr);
    for (int turn = 0; turn < 2; ++turn) {
      for (const std::string& line : lines) {
        JsonReader fresh(tree_, nullptr);
        EXPECT_EQ(Reads(one, tree_, line), Reads(fresh, tree_, line)) << line;
      }
    }
  }

  static PathTree::Options Marked() {
    PathTree::Options options;
    options.marks = {"a", "n", "m.a"};
    return options;
  }
  PathTree tree_{{{"a"},
                  {"abcdefgh"},
                  {"abcdefghij"},
                  {"n.a"},
                  {"x"},
                  {""},
                  {"q"},
                  {"n{}"},
                  {"a-key-of-exactly-thirty-two-byte"}},
                 Marked()};
};

TEST_F(LinesTest, OfMixedLayouts) {
  Compare({R"({"a":1,"b":2,"x":3})", R"({"a":1,"b":2,"x":4})", R"({"b":1,"a":2,"x":5})",
           R"({"a":1,"x":6,"b":2})", R"({"a":1,"a":2,"a":3,"x":7})", R"({"x":{"a":1},"a":2})",
           R"({"n":{"a":1,"b":2},"a":3})", R"({"n":{"a":4},"x":1})", R"({"n.a":5,"a":6})",
           R"({"n":[{"a":1}],"a":"u"})", R"({"m":{"a":1},"m.a":2})", R"({})", R"({"":1,"a":2})"});
}

TEST_F(LinesTest, WhoseKeysDifferLittle) {
  Compare({R"({"x":1,"abcdefgh":2})",
           R"({"x":1,"abcdefgi":2})",
           R"({"x":1,"abcdefghij":2})",
           R"({"x":1,"abcdefghik":2})",
           R"({"x":1,"bbcdefghij":2})",
           R"({"x":1,"abcdefghi":2})",
           R"({"x":1,"abcdefgh" :2})",
           R"({"x":1,"abcdefghij"  : 2 })",
           R"({"x":1,"abcdefg":2})",
           R"({"x":1,"":2})",
           R"({"x":1,"y":2})",
           R"({"x":1,"\u0061":2})",
           R"({"x":1,"\u0062":2})",
           R"({"x":1,"a\\":2})",
           R"({"x":1,"a\"":2})",
           R"({"x":1,"a":"x\\"})",
           R"({"x":1,"a-key-of-exactly-thirty-two-byte":2})",
           R"({"x":1,"a-key-of-exactly-thirty-two-bytf":2})",
           R"({"x":1,"a-key-of-exactly-thirty-twe-byte":2})",
           R"({"x":1,"a-key-of-exactly-thirty-two-bytes":2})",
           R"({"x":1,"a-key-of-exactly-thirty-two-bytez":2})"});
}

TEST_F(LinesTest, WithFaults) {
  Compare({R"({"a":1,"b":"c","x":3})", R"({"a":1,"b":"c" "x":3})", R"({"a":1,"b":"c","x":3}})",
           R"({"a":1,"b":"c","x":3} {"a":2})", R"({"a":1,"b":"c","x":3)",
           R"({"a":1,"b":tru,"x":3})", R"({"a":1,"b":"\q","x":3})",
           "{\"a\":1,\"b\":\"\x01\",\"x\":3}", "{\"a\":1,\"\x01\":\"c\",\"x\":3}",
           R"({"a":1,"b":"c","x":3,})", R"({"a":1,"b"})", R"({"a")", R"({"a":})", R"([{"a":1}])",
           R"({"a":{"b":1}],"x":2})", R"({"a":1}x)"});
}

TEST_F(LinesTest, WithMoreKeysThanAreKept) {
  std::vector<std::string> lines;
  for (int i = 0; i < 3000; ++i) {
    lines.push_back("{\"k" + std::to_string(i) + "\":1,\"a\":" + std::to_string(i) + "}");
  }
  Compare(lines);
}

std::vector<std::string> ElementsOf(std::string_view array) {
  std::vector<std::string> all;
  ArrayElements elements(array);
  while (const auto element = elements.Next()) all.emplace_back(*element);
  return all;
}

TEST(ArrayElements, GoesThroughThem) {
  EXPECT_EQ(ElementsOf("[]"), (std::vector<std::string>{}));
  EXPECT_EQ(ElementsOf("[ ]"), (std::vector<std::string>{}));
  EXPECT_EQ(ElementsOf(R"([{"a":[1,2]} , "x,]\"" , 3])"),
            (std::vector<std::string>{R"({"a":[1,2]})", R"("x,]\"")", "3"}));
}

}  // namespace
}  // namespace spelk::io
