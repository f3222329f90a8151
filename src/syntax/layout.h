// Layout: text in pieces, with the places where a line may break, laid out within a width.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace spelk::syntax {

// What is to be laid out. Parts are made from the inside out and named by numbers; texts are views
// that must outlive the layout.
class Layout {
 public:
  using Part = uint32_t;

  Part Text(std::string_view text);
  // A text that does not count when it is asked whether a line is too long: a comment at its end.
  Part Comment(std::string_view text);
  Part Line();      // A blank, or a line break where the group around it does not fit.
  Part SoftLine();  // Nothing, or a line break.
  Part HardLine();  // Always a line break; the groups around it do not fit then.
  Part Join(std::vector<Part> parts);
  // Breaks at all of its lines, or at none.
  Part Group(Part part);
  // Parts and, between two of them, what parts them: breaks where the next one does not fit.
  Part Fill(std::vector<Part> parts);
  Part Indent(size_t columns, Part part);

  bool has_hard_line(Part part) const { return nodes_[part].hard; }
  // `breaks` gets the offsets of the line breaks that were made, those in texts left out. A text
  // longer than `most` bytes, which deep indents may make, is given up; what is there is longer.
  std::string Print(Part root, size_t width, size_t most, std::vector<size_t>* breaks) const;

 private:
  enum class Kind : uint8_t { kText, kLine, kSoftLine, kHardLine, kJoin, kGroup, kFill, kIndent };
  struct Node {
    Kind kind = Kind::kText;
    bool hard = false;      // It holds a hard line.
    size_t columns = 0;     // Of a text its width, up to a line break in it; of an indent its own.
    std::string_view text;  // Of a text.
    std::vector<Part> parts;
  };
  struct Step;
  class Printer;

  Part Add(Node node);

  std::vector<Node> nodes_;
};

}  // namespace spelk::syntax
