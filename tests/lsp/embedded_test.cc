// Searches in files: each piece of a search is what stands at its place in the file.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "spelk/embedded.h"

namespace spelk {
namespace {

// Of every place, there and back.
void ExpectInPlace(std::string_view file, FileKind kind, const std::vector<std::string>& texts) {
  const std::vector<EmbeddedSearch> searches = FindSearches(file, kind);
  ASSERT_EQ(searches.size(), texts.size()) << file;
  for (size_t i = 0; i < searches.size(); ++i) {
    const EmbeddedSearch& search = searches[i];
    EXPECT_EQ(search.text, texts[i]);
    size_t covered = 0;
    for (const EmbeddedSearch::Piece& piece : search.pieces) {
      covered += piece.length;
      for (size_t at = 0; at < piece.length; ++at) {
        const char c = search.text[piece.offset + at];
        const char there = file[piece.file_offset + at];
        // A line break of the file may be a blank, an escape any character.
        const bool folded = (there == '\n' || there == '\r') && (c == ' ' || c == '\n');
        const bool escaped = piece.length != piece.file_length;
        if (escaped) {
          EXPECT_TRUE(file[piece.file_offset] == '\\' || file[piece.file_offset] == '\'') << file;
          EXPECT_EQ(search.FileOffset(piece.offset + at), piece.file_offset);
          continue;
        }
        EXPECT_TRUE(c == there || folded) << file << piece.offset;
        EXPECT_EQ(search.FileOffset(piece.offset + at), piece.file_offset + at);
        EXPECT_EQ(search.SearchOffset(piece.file_offset + at), piece.offset + at);
      }
      const size_t end = piece.file_offset + piece.file_length;
      EXPECT_EQ(search.FileOffset(piece.offset + piece.length, true), end) << file;
      EXPECT_EQ(search.SearchOffset(end), piece.offset + piece.length) << file;
    }
    // Nothing but blanks has no place.
    std::string missing = search.text;
    for (auto piece = search.pieces.rbegin(); piece != search.pieces.rend(); ++piece) {
      missing.erase(piece->offset, piece->length);
    }
    EXPECT_EQ(missing.find_first_not_of(" \n"), std::string::npos) << missing;
    EXPECT_EQ(covered + missing.size(), search.text.size());
  }
}

TEST(Embedded, EveryStyleOfYaml) {
  ExpectInPlace("search: a | b  \n", FileKind::kYaml, {"a | b  "});
  ExpectInPlace("x:\n  search: a\n    | b\n\n    | c\n", FileKind::kYaml, {"a | b\n| c"});
  ExpectInPlace("search: 'a=\"it''s\"\n  | b'\n", FileKind::kYaml, {"a=\"it's\" | b"});
  ExpectInPlace("search: \"a\\u00fcb \\U0001F642\\x41\\\"\"\n", FileKind::kYaml, {"aüb 🙂A\""});
  ExpectInPlace("search: \"a\\\"b\\\\c \\\n   d\\n e\"\n", FileKind::kYaml, {"a\"b\\c d\n e"});
  ExpectInPlace("search: |\n    a\n      | b\n\n    | c\nd: e\n", FileKind::kYaml,
                {"a\n  | b\n\n| c\n"});
  ExpectInPlace("search: |-\r\n  a\r\n  | b\r\n", FileKind::kYaml, {"a\n| b"});
  ExpectInPlace("search: |2-\n    a\n  b\n", FileKind::kYaml, {"  a\nb"});
  ExpectInPlace("search: >-\n  a\n  | b\n\n    c\n  d\n", FileKind::kYaml, {"a | b\n\n  c\nd"});
  ExpectInPlace("é: 🙂\nsearch: é🙂 | b\n", FileKind::kYaml, {"é🙂 | b"});
  ExpectInPlace("- {search: a, x: 1}\n---\nsearch: b\n", FileKind::kYaml, {"a", "b"});
  ExpectInPlace("a: &x {search: b}\nc: *x\n", FileKind::kYaml, {"b"});
  ExpectInPlace("search:\nx: y\n", FileKind::kYaml, {""});
}

TEST(Embedded, SavedSearches) {
  ExpectInPlace("[a]\nsearch =  a \\\n  | b\\\n| c\nx = y\\\nsearch = z\n",
                FileKind::kSavedSearches, {"a \n  | b\n| c"});
  ExpectInPlace("[a]\r\nsearch=a\\\r\n| b\r\n# search = c\n", FileKind::kSavedSearches, {"a\n| b"});
  ExpectInPlace("search = a\\", FileKind::kSavedSearches, {"a"});
}

TEST(Embedded, DefinitionsOfMacros) {
  const std::vector<EmbeddedSearch> found = FindMacroDefinitions(
      "[a(1)]\nargs = x\ndefinition = a=$x$ \\\r\n| b\n[c]\nsearch = d\ndefinition=e\n");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].name, "a(1)");
  EXPECT_EQ(found[0].text, "a=$x$ \n| b");
  EXPECT_EQ(found[1].text, "e");
}

TEST(Embedded, AFileOfOneSearch) {
  ExpectInPlace("a\n| b\n", FileKind::kSearch, {"a\n| b\n"});
  ExpectInPlace("", FileKind::kSearch, {""});
}

TEST(Embedded, WhatIsWrittenThereReadsAsTheText) {
  const auto in_file = [](std::string_view file, FileKind kind, std::string_view text) {
    const std::vector<EmbeddedSearch> searches = FindSearches(file, kind);
    return searches.empty() ? std::nullopt : searches[0].InFile(text);
  };
  EXPECT_EQ(in_file("search: |\n    a\n", FileKind::kYaml, "b\n| c"), "b\n    | c");
  EXPECT_EQ(in_file("search: 'a'\n", FileKind::kYaml, "it's"), "it''s");
  EXPECT_EQ(in_file("search: 'a'\n", FileKind::kYaml, "b\nc"), std::nullopt);
  EXPECT_EQ(in_file("search: \"a\"\n", FileKind::kYaml, "\"b\\\n"), "\\\"b\\\\\\n");
  EXPECT_EQ(in_file("search: a\n", FileKind::kYaml, "b: c"), std::nullopt);
  EXPECT_EQ(in_file("search: a\n", FileKind::kYaml, "b"), "b");
  EXPECT_EQ(in_file("[x]\nsearch = a\n", FileKind::kSavedSearches, "b\nc"), "b\\\nc");
  EXPECT_EQ(in_file("a", FileKind::kSearch, "b\nc"), "b\nc");
}

TEST(Embedded, ABrokenFileTellsWhere) {
  std::optional<FileProblem> problem;
  EXPECT_EQ(FindSearches("search: a\nb: [\nc: }\n", FileKind::kYaml, &problem).size(), 1U);
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->offset, 18U);
  EXPECT_EQ(FindSearches("search: \xff", FileKind::kYaml, &problem).size(), 0U);
  EXPECT_TRUE(problem);
  FindSearches(std::string(100000, '['), FileKind::kYaml, &problem);
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->message, "nested deeper than 64");
  FindSearches("search: a\n", FileKind::kYaml, &problem);
  EXPECT_FALSE(problem);
}

}  // namespace
}  // namespace spelk
