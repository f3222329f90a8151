// The usual algorithm of pretty printers: one stack of what is left to print, and a look ahead that
// ends where the line would.
#include "syntax/layout.h"

#include <algorithm>
#include <utility>

namespace spelk::syntax {
namespace {

// Characters of UTF-8.
size_t WidthOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

// A part that is being printed, from its child `next` on.
struct Layout::Step {
  Part part = 0;
  size_t next = 0;
  size_t indent = 0;
  bool flat = false;
  bool broke = false;  // Of a fill: the part before did not fit on a line.
};

class Layout::Printer {
 public:
  Printer(const std::vector<Node>& nodes, size_t width, std::vector<size_t>* breaks)
      : nodes_(nodes), width_(width), breaks_(breaks) {}

  std::string Print(Part root, size_t most) {
    stack_.push_back({root, 0, 0, false, false});
    while (!stack_.empty() && out_.size() <= most) {
      Step step = stack_.back();
      stack_.pop_back();
      Take(step);
    }
    return std::move(out_);
  }

 private:
  void Take(Step step) {
    const Node& node = nodes_[step.part];
    switch (node.kind) {
      case Kind::kText:
        return Put(node);
      case Kind::kLine:
      case Kind::kSoftLine:
        if (!step.flat) return Break(step.indent);
        if (node.kind == Kind::kLine) {
          out_ += ' ';
          ++column_;
        }
        return;
      case Kind::kHardLine:
        return Break(step.indent);
      case Kind::kGroup: {
        Step inner{node.parts[0], 0, step.indent, true, false};
        inner.flat = !node.hard && (step.flat || Fits(inner));
        return stack_.push_back(inner);
      }
      case Kind::kIndent:
        return stack_.push_back({node.parts[0], 0, step.indent + node.columns, step.flat, false});
      case Kind::kJoin:
        return Next(step, node, step.flat);
      case Kind::kFill:
        return TakeFill(step, node);
    }
  }

  // The child at hand, and the others after it.
  void Next(Step step, const Node& node, bool flat) {
    if (step.next == node.parts.size()) return;
    const Step child{node.parts[step.next++], 0, step.indent, flat, false};
    if (step.next < node.parts.size()) stack_.push_back(step);
    stack_.push_back(child);
  }

  void TakeFill(Step step, const Node& node) {
    if (step.flat || step.next == node.parts.size()) return Next(step, node, step.flat);
    const bool separator = step.next % 2 == 1;
    if (!separator) {
      const Step item{node.parts[step.next], 0, step.indent, true, false};
      step.broke = nodes_[item.part].hard || !Fits(item, step);
      return Next(step, node, !step.broke);
    }
    // What parts two of them is flat if the one before it took one line, and the one after it then
    // fits.
    const Step gap{node.parts[step.next], 0, step.indent, true, false};
    const bool hard = step.next + 1 < node.parts.size() && nodes_[node.parts[step.next + 1]].hard;
    Step behind = step;
    ++behind.next;
    Next(step, node, !step.broke && !hard && !nodes_[gap.part].hard && FitsBoth(gap, behind, node));
  }

  bool Fits(const Step& step) { return FitsAll({step}); }
  // An item of a fill, and what follows it up to where a line may break.
  bool Fits(const Step& item, Step fill) {
    ++fill.next;
    return FitsAll({fill, item});
  }
  bool FitsBoth(const Step& gap, Step fill, const Node& node) {
    if (fill.next == node.parts.size()) return FitsAll({fill, gap});
    const Step item{node.parts[fill.next++], 0, fill.indent, true, false};
    return FitsAll({fill, item, gap});
  }

  // Whether what lies on `ahead` fits on the line, with what follows it up to the next place where
  // the line may break.
  bool FitsAll(std::vector<Step> ahead) const {
    if (column_ > width_) return false;
    size_t room = width_ - column_;
    size_t below = stack_.size();
    while (true) {
      if (ahead.empty()) {
        if (below == 0) return true;
        ahead.push_back(stack_[--below]);
      }
      Step step = ahead.back();
      ahead.pop_back();
      const Node& node = nodes_[step.part];
      switch (node.kind) {
        case Kind::kText:
          if (node.columns > room) return false;
          room -= node.columns;
          if (node.text.find('\n') != std::string_view::npos) return true;
          break;
        case Kind::kLine:
          if (!step.flat) return true;
          if (room == 0) return false;
          --room;
          break;
        case Kind::kSoftLine:
          if (!step.flat) return true;
          break;
        case Kind::kHardLine:
          return true;
        default:
          if (step.next == node.parts.size()) break;
          const Step child{node.parts[step.next++], 0, 0, step.flat && !node.hard, false};
          if (step.next < node.parts.size()) ahead.push_back(step);
          ahead.push_back(child);
          break;
      }
    }
  }

  void Put(const Node& node) {
    out_ += node.text;
    const size_t line = node.text.rfind('\n');
    if (line == std::string_view::npos) {
      column_ += WidthOf(node.text);
    } else {
      column_ = WidthOf(node.text.substr(line + 1));
    }
  }

  void Break(size_t indent) {
    if (breaks_ != nullptr) breaks_->push_back(out_.size());
    out_ += '\n';
    out_.append(indent, ' ');
    column_ = indent;
  }

  const std::vector<Node>& nodes_;
  const size_t width_;
  std::vector<size_t>* breaks_;
  std::vector<Step> stack_;
  std::string out_;
  size_t column_ = 0;
};

Layout::Part Layout::Add(Node node) {
  for (const Part part : node.parts) node.hard = node.hard || nodes_[part].hard;
  nodes_.push_back(std::move(node));
  return static_cast<Part>(nodes_.size() - 1);
}

Layout::Part Layout::Text(std::string_view text) {
  return Add({Kind::kText, false, WidthOf(text.substr(0, text.find('\n'))), text, {}});
}
Layout::Part Layout::Comment(std::string_view text) {
  return Add({Kind::kText, false, 0, text, {}});
}
Layout::Part Layout::Line() { return Add({Kind::kLine, false, 0, {}, {}}); }
Layout::Part Layout::SoftLine() { return Add({Kind::kSoftLine, false, 0, {}, {}}); }
Layout::Part Layout::HardLine() { return Add({Kind::kHardLine, true, 0, {}, {}}); }
Layout::Part Layout::Join(std::vector<Part> parts) {
  return parts.size() == 1 ? parts[0] : Add({Kind::kJoin, false, 0, {}, std::move(parts)});
}
Layout::Part Layout::Group(Part part) { return Add({Kind::kGroup, false, 0, {}, {part}}); }
Layout::Part Layout::Fill(std::vector<Part> parts) {
  return Add({Kind::kFill, false, 0, {}, std::move(parts)});
}
Layout::Part Layout::Indent(size_t columns, Part part) {
  return Add({Kind::kIndent, false, columns, {}, {part}});
}

std::string Layout::Print(Part root, size_t width, size_t most, std::vector<size_t>* breaks) const {
  return Printer(nodes_, width, breaks).Print(root, most);
}

}  // namespace spelk::syntax
