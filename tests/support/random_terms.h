// Random search terms and eval expressions over the fields that a feed has.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/choices.h"
#include "support/random_events.h"

namespace spelk::tests {

class RandomTerms {
 public:
  RandomTerms(Choices& choices, const RandomFeed& feed) : choices_(choices), feed_(feed) {}

  // One that is likely to be there after the commands so far, or any.
  std::string Field();
  // A field that a command makes.
  std::string Target();
  // The commands so far leave these fields.
  void Leave(std::vector<std::string> fields) { live_ = std::move(fields); }
  void AddLive(const std::string& field) { live_.push_back(field); }

  std::string Terms();              // Several of them, as in search.
  std::string Term(int depth = 0);  // Without subsearches.
  std::string Boolean(int depth = 0);
  std::string Number(int depth = 0);
  std::string Text(int depth = 0);
  std::string Multivalue(int depth = 0);
  std::string Any(int depth = 0);
  std::string Regex();
  std::string Literal();  // In quotes.

  // A name as commands write it, and as eval does.
  static std::string InCommand(const std::string& field);
  static std::string InEval(const std::string& field);
  static std::string Quoted(std::string_view text);

 private:
  std::string SearchValue();
  std::string Pattern();

  Choices& choices_;
  const RandomFeed& feed_;
  std::vector<std::string> live_;
};

}  // namespace spelk::tests
