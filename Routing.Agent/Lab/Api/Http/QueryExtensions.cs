namespace Routing.Agent.Lab.Api.Http;

/// <summary>Query parameters as the real server reads them.</summary>
internal static class QueryExtensions
{
    public static bool IsTrue(this IQueryCollection query, string name) => query[name].ToString() is "1" or "true" or "True";

    /// <summary>A whole number of at least 0, or null when the parameter is missing.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static long? Number(this IQueryCollection query, string name)
    {
        var text = query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        return long.TryParse(
            text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiErrors.BadRequest($"{name}: Invalid value: \"{text}\": not a number");
    }
}
