using Routing.Policy.Rules;

namespace Routing.Policy.Compile;

/// <summary>IP versions, any number of them.</summary>
[Flags]
internal enum IpFamilies : byte
{
    None = 0,
    V4 = 1,
    V6 = 2,
    Both = V4 | V6,
}

/// <summary>Between one version and several.</summary>
internal static class IpFamiliesExtensions
{
    public static readonly IpFamily[] Each = [IpFamily.V4, IpFamily.V6];

    public static IpFamilies AsSet(this IpFamily family) => family == IpFamily.V4 ? IpFamilies.V4 : IpFamilies.V6;

    public static bool Contains(this IpFamilies families, IpFamily family) => (families & family.AsSet()) != 0;
}
