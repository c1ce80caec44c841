using System.Diagnostics;

namespace Routing.Tests;

/// <summary>Waits for a condition with a deadline, never for a length of time. The deadline is for tests that hang, far from
/// what a busy machine takes.</summary>
internal static class Until
{
    private const double Deadline = 60;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Polls until the condition holds; fails the test when it does not in time.</summary>
    /// <param name="what">What is waited for, for the failure.</param>
    /// <param name="condition">The condition.</param>
    /// <param name="seconds">Deadline.</param>
    /// <param name="onFailure">What to show when it fails.</param>
    public static async Task TrueAsync(
        string what, Func<Task<bool>> condition, double seconds = Deadline, Func<Task<string>>? onFailure = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed.TotalSeconds > seconds)
            {
                var shown = onFailure is null ? "" : $"\n{await onFailure()}";
                Assert.Fail($"not within {seconds} s: {what}{shown}");
            }

            await Task.Delay(Interval);
        }
    }

    /// <inheritdoc cref="TrueAsync(string, Func{Task{bool}}, double, Func{Task{string}}?)"/>
    public static Task TrueAsync(string what, Func<bool> condition, double seconds = Deadline) =>
        TrueAsync(what, () => Task.FromResult(condition()), seconds);
}
