#pragma once
// How sure a ratio of two means of few launches is: pure functions.
#include <optional>
#include <span>

#include "harness/stats/interval.h"

namespace eb {

// What `count` fresh launches came to. Launches of one side are independent of each other and of the other's.
struct LaunchMean {
  double mean = 0, standard_deviation = 0;  // of a launch, not of the mean
  int count = 0;
};

// The logarithm of a ratio, or a mean of such, and how sure it is.
struct LogRatio {
  double value = 0;
  double variance = 0;            // of `value`
  double degrees_of_freedom = 0;  // of that variance

  double ratio() const;
  Interval interval(double confidence = kConfidence) const;  // of the ratio, Student's
};

// log(above / below). By the delta method a logarithm of a mean has the variance (sd / mean)^2 / n; the two
// of them are added with Welch's degrees of freedom (Welch, The generalization of "Student's" problem when
// several different population variances are involved, 1947), which are held down where launches are few (see
// ratio.cpp). Absent below 3 launches a side, and for a mean that is not positive.
std::optional<LogRatio> log_ratio(const LaunchMean& above, const LaunchMean& below);

// The logarithm of the geometric mean of ratios whose errors are independent; degrees of freedom by
// Satterthwaite. Not of nothing.
LogRatio geometric_mean(std::span<const LogRatio> ratios);

// What a number came to, with an interval made by somebody else at the confidence wanted.
struct MeanEstimate {
  double value = 0;
  Interval interval{};
};

// The interval of above / below by the method of variance estimates recovery (Zou and Donner, Construction of
// confidence limits about effect measures, 2008) on logarithms: distances from the values to the ends of
// their intervals are added as squares. It is wider than Welch's, and needs neither counts nor deviations.
// Absent unless all is positive and each value lies within its interval.
std::optional<Interval> recovered_ratio_interval(const MeanEstimate& above, const MeanEstimate& below);

}  // namespace eb
