// JSON that is not one object a line: documents over several lines, arrays of objects, objects
// around an array of events.
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "io/formats/formats.h"
#include "io/formats/transcoder.h"
#include "value/ascii.h"

namespace spelk::io {
namespace {

// The array of events of an object around it, and what may stand before that.
constexpr std::array<std::string_view, 3> kArrays = {"results", "Records", "hits"};
constexpr std::array<std::string_view, 17> kBefore = {
    "preview",           "init_offset", "messages", "fields",    "post_process_count",
    "highlighted",       "lastrow",     "offset",   "took",      "timed_out",
    "terminated_early",  "_shards",     "total",    "max_score", "_scroll_id",
    "num_reduce_phases", "pit_id"};
// One result as the layout of all of them.
constexpr std::string_view kResultBegin = "{\"init_offset\":0,\"results\":[";
constexpr std::string_view kResultEnd = "]}";
// What Elasticsearch answers has the array in an object of the same name.
constexpr std::string_view kNested = "hits";

template <size_t kSize>
bool IsOneOf(std::string_view text, const std::array<std::string_view, kSize>& texts) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

// Walks over JSON text byte by byte: where strings and containers begin and end.
class JsonWalk {
 public:
  bool in_string() const { return in_string_; }
  size_t depth() const { return depth_; }

  void Step(char c) {
    if (in_string_) {
      if (escaped_) {
        escaped_ = false;
      } else if (c == '\\') {
        escaped_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if ((c == '}' || c == ']') && depth_ > 0) {
      --depth_;
    }
  }
  void Reset() { *this = JsonWalk(); }

 private:
  bool in_string_ = false;
  bool escaped_ = false;
  size_t depth_ = 0;
};

// The beginning of an object, until it is known whether it is one around an array of events.
class Envelope {
 public:
  enum class Kind : uint8_t { kOpen, kObject, kAround };
  Kind kind() const { return kind_; }
  // In how many objects the array lies.
  size_t depth() const { return depth_; }
  // The results of a search of Splunk's: a list is a multivalue there, so their layout is kept.
  bool of_results() const { return key_ == kArrays[0]; }

  // The next byte, which is no blank between tokens. `walk` stands before it.
  void Step(char c, const JsonWalk& walk) {
    if (kind_ != Kind::kOpen) return;
    if (walk.in_string() || c == '"') {
      Text(c, walk);
      return;
    }
    if (walk.depth() < depth_) return;  // The brace of the object.
    if (key_is_array_) {
      if (c == ':' || c == '[') return;
      if (c == '{' && walk.depth() == 1 && key_ == kNested) {
        depth_ = 2;
        key_is_array_ = false;
        is_key_ = true;
        return;
      }
      // What the array begins with.
      const bool around = (c == '{' || c == ']') && walk.depth() == depth_ + 1;
      kind_ = around ? Kind::kAround : Kind::kObject;
      return;
    }
    if (walk.depth() == depth_ && c == ':') {
      key_is_array_ = IsOneOf(key_, kArrays);
      if (!key_is_array_ && !IsOneOf(key_, kBefore)) kind_ = Kind::kObject;
      is_key_ = false;
    }
    if (walk.depth() == depth_ && c == ',') is_key_ = true;
  }

 private:
  void Text(char c, const JsonWalk& walk) {
    if (key_is_array_) kind_ = Kind::kObject;  // A string where the array should be.
    if (walk.depth() != depth_ || !is_key_) return;
    if (!walk.in_string()) {
      key_.clear();
    } else if (c != '"') {
      key_ += c;
      if (key_.size() > 32) kind_ = Kind::kObject;
    }
  }

  Kind kind_ = Kind::kOpen;
  bool is_key_ = true;
  bool key_is_array_ = false;
  size_t depth_ = 1;
  std::string key_;
};

class JsonDocuments final : public Transcoder {
 public:
  using Transcoder::Transcoder;

 protected:
  void Take(std::string_view* in, std::string& out) override {
    size_t taken = 0;
    while (taken < in->size() && out.size() <= kTranscodedAtOnce) Step((*in)[taken++], out);
    in->remove_prefix(taken);
  }
  bool Finish(std::string& out) override {
    // What was begun is a line that is no event, and is told.
    if (place_ == Place::kDocument || place_ == Place::kOther) out += held_ + '\n';
    held_.clear();
    place_ = Place::kBetween;
    return true;
  }

 private:
  enum class Place : uint8_t {
    kBetween,   // Values of the input, or of an array.
    kDocument,  // In an object.
    kOther,     // In a line that is no JSON.
    kRest,      // Of an object around an array, after the array.
  };
  static constexpr size_t kMostHeld = size_t{64} << 10U;

  void Step(char c, std::string& out) {
    switch (place_) {
      case Place::kBetween:
        Between(c, out);
        return;
      case Place::kDocument:
        Document(c, out);
        return;
      case Place::kOther:
        if (c == '\n') {
          place_ = Place::kBetween;
          out += '\n';
        } else if (c != '\r') {
          out += c;
        }
        return;
      case Place::kRest:
        walk_.Step(c);
        if (walk_.depth() == 0) place_ = Place::kBetween;
        return;
    }
  }

  void Between(char c, std::string& out) {
    if (IsBlank(c) || c == ',') return;
    if (c == '[' && !in_array_) {
      in_array_ = true;
    } else if (c == ']' && in_array_) {
      in_array_ = false;
      results_ = false;
      if (std::exchange(around_, false)) {
        walk_.Reset();
        for (size_t i = 0; i < around_depth_; ++i) walk_.Step('{');
        place_ = Place::kRest;
      }
    } else if (c == '{') {
      walk_.Reset();
      envelope_ = Envelope();
      holding_ = !in_array_;
      if (results_) out += kResultBegin;
      place_ = Place::kDocument;
      Document(c, out);
    } else {
      place_ = Place::kOther;
      out += c;
    }
  }

  void Document(char c, std::string& out) {
    // The text stays as it is, but a line end would make two lines of one. Between tokens it is
    // left out with the indentation after it; within a string it is a fault.
    const bool ends_line = c == '\n' || c == '\r';
    if (!walk_.in_string() && IsBlank(c)) {
      indented_ = indented_ || ends_line;
      if (!indented_) (holding_ ? held_ : out) += c;
      return;
    }
    indented_ = false;
    if (ends_line) c = ' ';
    if (holding_) envelope_.Step(c, walk_);
    walk_.Step(c);
    if (holding_) {
      held_ += c;
      if (envelope_.kind() == Envelope::Kind::kAround) {
        BeginArray(c, out);
        return;
      }
      const bool open = envelope_.kind() == Envelope::Kind::kOpen && walk_.depth() > 0;
      if (open && held_.size() < kMostHeld) return;
      out += held_;
      held_.clear();
      holding_ = false;
    } else {
      out += c;
    }
    if (walk_.depth() > 0) return;
    if (results_) out += kResultEnd;
    out += '\n';
    place_ = Place::kBetween;
  }

  // The object is one around an array, of which the first element begins with `c`.
  void BeginArray(char c, std::string& out) {
    held_.clear();
    around_ = true;
    around_depth_ = envelope_.depth();
    results_ = envelope_.of_results();
    in_array_ = true;
    place_ = Place::kBetween;
    Between(c, out);
  }

  Place place_ = Place::kBetween;
  bool in_array_ = false;
  bool around_ = false;      // That array is one of an object,
  size_t around_depth_ = 0;  // or of an object in one.
  bool results_ = false;     // Its elements are results of a search.
  bool holding_ = false;
  bool indented_ = false;  // Since the end of a line nothing but blanks was met.
  JsonWalk walk_;
  Envelope envelope_;
  std::string held_;  // Of an object, while it is not known what it is.
};

// What the first line says: one object a line; several, one after another or around events;
// objects over several lines; a value that the next line may go on with.
enum class FirstLine : uint8_t { kOneObject, kSeveralObjects, kOverLines, kOpen };

FirstLine FirstLineOf(std::string_view start) {
  JsonWalk walk;
  Envelope envelope;
  std::string open;  // Brackets; one that closes another kind is a fault of a line.
  bool around = false;
  size_t objects = 0;
  char last = '\0';
  for (const char c : start) {
    if (c == '\n') {
      // So is a line end within a string.
      if (walk.in_string()) return FirstLine::kOneObject;
      if (!open.empty()) {
        const bool goes_on = std::string_view("{[,:").find(last) != std::string_view::npos;
        return goes_on ? FirstLine::kOverLines : FirstLine::kOpen;
      }
      if (objects > 0) break;
    }
    if (!walk.in_string() && IsBlank(c)) continue;
    if (open.empty() && objects > 0 && c != '{') break;  // A fault, or commas between.
    if (objects == 0) envelope.Step(c, walk);
    around = around || envelope.kind() == Envelope::Kind::kAround;
    if (!walk.in_string()) {
      last = c;
      if (c == '{' || c == '[') open += c;
      if (c == '}' || c == ']') {
        if (open.empty() || open.back() != (c == '}' ? '{' : '[')) return FirstLine::kOneObject;
        open.pop_back();
        if (open.empty()) ++objects;
      }
    }
    walk.Step(c);
  }
  if (!open.empty()) {
    return around || objects > 0 ? FirstLine::kOverLines : FirstLine::kOneObject;
  }
  return around || objects > 1 ? FirstLine::kSeveralObjects : FirstLine::kOneObject;
}

// [{ … or [] but not [2024-05-01 …
bool IsJsonArray(std::string_view text) {
  const size_t next = text.find_first_not_of(" \t\r\n", 1);
  return next == std::string_view::npos || text[next] == '{' || text[next] == ']';
}

bool RecognizesJson(const InputStart& start) {
  if (!start.is_text) return false;
  if (start.text[0] != '{') return start.text[0] == '[' && IsJsonArray(start.text);
  switch (FirstLineOf(start.text)) {
    case FirstLine::kOneObject:
      return false;
    case FirstLine::kSeveralObjects:
      return start.next == '\0';  // Among other lines it is read as it is, wherever it stands.
    case FirstLine::kOverLines:
      return true;
    case FirstLine::kOpen:
      return start.next != '\0' &&
             std::string_view(",:}]").find(start.next) != std::string_view::npos;
  }
  return false;
}

absl::StatusOr<ByteSourcePtr> OpenJson(ByteSourcePtr source, const Opening&) {
  return std::make_unique<JsonDocuments>(std::move(source));
}

}  // namespace

bool NextLineTells(std::string_view line) {
  const FirstLine first = FirstLineOf(line);
  return first == FirstLine::kSeveralObjects || first == FirstLine::kOpen;
}

extern constexpr InputFormat kJsonFormat = {
    .name = "json", .recognizes = &RecognizesJson, .open = &OpenJson};

}  // namespace spelk::io
