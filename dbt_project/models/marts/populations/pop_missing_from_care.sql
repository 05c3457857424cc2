with returns as (
    select * from {{ ref('int_looked_after__returns') }}
),

missing_episodes as (
    select * from {{ ref('int_looked_after__missing_episodes') }}
),

descriptions as (
    select * from {{ ref('int_looked_after__descriptions') }}
),

-- An episode counts in the year it began, which is the year's return too.
begun_in_year as (
    select
        *,
        coalesce(missing_type_code = 'M', false) as is_missing
    from missing_episodes
    where missing_start_date >= period_start
),

members as (
    select
        concat(
            begun_in_year.la_code, ':',
            begun_in_year.period_label, ':',
            begun_in_year.child_id, ':',
            cast(begun_in_year.missing_start_date as {{ dbt.type_string() }}), ':',
            coalesce(begun_in_year.missing_type_code, '')
        ) as member_id,
        returns.area_code,
        begun_in_year.la_code,
        begun_in_year.period_label,
        begun_in_year.period_start,
        begun_in_year.period_end,
        begun_in_year.child_id,
        begun_in_year.missing_start_date as counted_on,
        {{ described_on('begun_in_year.missing_start_date') }},
        begun_in_year.missing_end_date,
        begun_in_year.is_missing,
        coalesce(begun_in_year.missing_type_code = 'A', false) as is_away_without_authorisation,
        cast(
            {{ dbt.datediff(
                'begun_in_year.missing_start_date', 'begun_in_year.missing_end_date', 'day'
            ) }} as integer
        ) as missing_days,
        case
            when begun_in_year.is_missing then 'Missing from the placement'
            when begun_in_year.missing_type_code = 'A' then 'Away without authorisation'
            else 'The return does not say of which kind the absence was'
        end as reason,
        begun_in_year._delivery_id,
        begun_in_year._source_file,
        begun_in_year._source_line
    from begun_in_year
    inner join returns
        on begun_in_year.la_code = returns.la_code
            and begun_in_year.period_label = returns.period_label
    inner join descriptions
        on begun_in_year.la_code = descriptions.la_code
            and begun_in_year.period_label = descriptions.period_label
            and begun_in_year.child_id = descriptions.child_id
            and begun_in_year.episode_number = descriptions.episode_number
)

select * from members
