using System.Diagnostics;

namespace Routing.Tests;

/// <summary>Waits for a condition with a deadline, never for a time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <summary>Returns as soon as the condition holds; fails the test with the description when it does not.</summary>
    public static async Task HoldsAsync(Func<bool> condition, string description, TimeSpan? deadline = null)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > (deadline ?? Deadline))
            {
                Assert.Fail($"Not within {deadline ?? Deadline}: {description}");
            }

            await Task.Delay(5);
        }
    }
}
