using System.Security.Cryptography;

namespace Routing.Agent.Lab.Api.Writing;

/// <summary>Finishes generateName with five letters that cannot spell much (apimachinery's pkg/util/rand).</summary>
internal static class NameSuffix
{
    private const string Letters = "bcdfghjklmnpqrstvwxz2456789";
    private const int LongestStem = 58;

    public static string Make(string stem) =>
        stem[..Math.Min(stem.Length, LongestStem)] + RandomNumberGenerator.GetString(Letters, 5);
}
